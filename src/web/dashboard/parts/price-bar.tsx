import type { Position } from '../../api/positions.ts'
import { price } from './format.ts'

interface Mark {
  readonly name: string
  readonly value: number
}

/**
 * Where the price stands between stop and target. The loss is always on the left and the gain on the right, so a
 * short's prices run the other way.
 */
export function PriceBar({ position }: { position: Position }) {
  const marks = marksOf(position)
  const place = scale(position.side, marks)
  const at = (name: string) => {
    const mark = marks.find((each) => each.name === name)
    return mark && place(mark.value)
  }
  const entry = at('Entry')
  const last = at('Price')
  const stop = at('Stop')
  const target = at('Target')
  const trailing = at('Trailing stop')
  if (entry === undefined)
    return <div className="h-9 text-xs leading-9 text-muted">Waiting for the first fill</div>
  const isGain = last !== undefined && last >= entry
  return (
    <div
      role="img"
      aria-label={marks.map(({ name, value }) => `${name} ${price(value)}`).join(', ')}
      className="min-w-40"
    >
      <div className="relative h-4">
        <div className="absolute inset-x-0 top-[0.4375rem] h-0.5 rounded bg-line" />
        {last !== undefined && (
          <div
            className={`absolute top-[0.375rem] h-1 rounded ${isGain ? 'bg-up' : 'bg-down'}`}
            style={{ left: `${Math.min(entry, last)}%`, width: `${Math.abs(last - entry)}%` }}
          />
        )}
        {stop !== undefined && <Tick at={stop} className="h-4 w-[3px] rounded-xs bg-down" />}
        {target !== undefined && <Tick at={target} className="h-4 w-[3px] rounded-xs bg-up" />}
        {trailing !== undefined && <Tick at={trailing} className="mt-0.5 h-3 w-[3px] rounded-xs bg-warn" />}
        <Tick at={entry} className="mt-0.5 h-3 w-0.5 bg-muted" />
        {last !== undefined && (
          <Tick at={last} className="mt-0.5 size-3 rounded-full border-2 border-surface bg-text" />
        )}
      </div>
      <div className="mt-0.5 flex justify-between gap-2 text-[0.6875rem] leading-4 whitespace-nowrap text-muted">
        <span>{position.stopLoss ? `Stop ${price(position.stopLoss)}` : 'No stop'}</span>
        {position.trailingStop && <span className="text-warn">Trailing {price(position.trailingStop)}</span>}
        <span>{position.takeProfit ? `Target ${price(position.takeProfit)}` : 'No target'}</span>
      </div>
    </div>
  )
}

function Tick({ at, className }: { at: number; className: string }) {
  return <div className={`absolute top-0 -translate-x-1/2 ${className}`} style={{ left: `${at}%` }} />
}

function marksOf(position: Position): Mark[] {
  const named = {
    Stop: position.stopLoss,
    Entry: position.entryPrice,
    'Trailing stop': position.trailingStop,
    Price: position.lastPrice,
    Target: position.takeProfit,
  }
  return Object.entries(named).flatMap(([name, value]) =>
    value === null ? [] : [{ name, value: Number(value) }],
  )
}

/** Percent from the left edge, with the outermost marks at the edges. */
function scale(side: Position['side'], marks: readonly Mark[]): (value: number) => number {
  const values = marks.map(({ value }) => value)
  const low = Math.min(...values)
  const width = Math.max(...values) - low || 1
  return (value) => {
    const share = (value - low) / width
    return 100 * (side === 'long' ? share : 1 - share)
  }
}
