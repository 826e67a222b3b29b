import type { ReactNode } from 'react'
import type { PositionDetail } from '../../api/position-detail.ts'
import { percent, price, share } from '../parts/format.ts'
import { Gain } from '../parts/gain.tsx'
import { When } from '../parts/moment.tsx'
import { Panel } from '../parts/panel.tsx'

interface Level {
  readonly name: string
  readonly price: string
  readonly note: string
}

/** The chart's lines in words and numbers: what closes the position, how far away that is, and what it would bring. */
export function LevelsPanel({ detail, quote }: { detail: PositionDetail; quote: string }) {
  const rows = rowsOf(detail)
  return (
    <Panel title="What closes it" aside={<span className="text-xs text-muted">before fees, {quote}</span>}>
      <table className="w-full border-t border-line text-sm">
        <caption className="sr-only">Prices at which it is closed</caption>
        <thead className="text-xs text-muted">
          <tr>
            <Head>Level</Head>
            <Head isNumber>Price</Head>
            <Head isNumber>Away</Head>
            <Head isNumber>Brings</Head>
          </tr>
        </thead>
        <tbody className="divide-y divide-line">
          {rows.map((level) => (
            <tr key={level.name} className="align-baseline">
              <th scope="row" className="px-4 py-2 text-left font-medium">
                {level.name}
                <span className="block text-xs font-normal text-muted">{level.note}</span>
              </th>
              <td className="px-4 py-2 text-right">{price(level.price)}</td>
              <td className="px-4 py-2 text-right text-muted">{away(detail, level.price)}</td>
              <td className="px-4 py-2 text-right">
                <Gain value={brings(detail, level.price)} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length === 0 && (
        <p className="px-4 py-3 text-sm text-warn">
          It has neither stop nor target. Set a stop beside this, or close it by hand.
        </p>
      )}
      {detail.timeExitAt && (
        <p className="border-t border-line px-4 py-2.5 text-xs text-muted">
          Whatever the price does, it is closed at <When at={detail.timeExitAt} />.
        </p>
      )}
    </Panel>
  )
}

function Head({ children, isNumber = false }: { children: ReactNode; isNumber?: boolean }) {
  return (
    <th scope="col" className={`px-4 py-2 font-medium ${isNumber ? 'text-right' : 'text-left'}`}>
      {children}
    </th>
  )
}

function rowsOf(detail: PositionDetail): Level[] {
  const { stopLoss, restingStop, trailingStop, takeProfit, levels, liquidationPrice, isTargetOwn } = detail
  const rows: (Level | undefined)[] = [
    takeProfit === null
      ? undefined
      : { name: 'Target', price: takeProfit, note: isTargetOwn ? 'set by you' : 'follows the market' },
    ...levels.map(({ level, price: at, fraction, isTaken }) => ({
      name: `Partial target ${level}`,
      price: at,
      note: isTaken ? 'taken' : `sells ${share(fraction)} of what is left`,
    })),
    trailingStop === null
      ? undefined
      : { name: 'Trailing stop', price: trailingStop, note: 'follows the best price' },
    stopLoss === null ? undefined : { name: 'Stop loss', price: stopLoss, note: stopNote(restingStop) },
    liquidationPrice === null
      ? undefined
      : { name: 'Liquidation', price: liquidationPrice, note: 'by the exchange' },
  ]
  return rows.filter((row) => row !== undefined)
}

function stopNote(restingStop: string | null): string {
  return restingStop === null ? 'watched by the monitor' : `rests at the exchange at ${price(restingStop)}`
}

function away({ lastPrice }: PositionDetail, level: string): string {
  return lastPrice === null ? '–' : percent(Number(level) / Number(lastPrice) - 1)
}

/** What closing what is open at that price would book, before fees. For the eye. */
function brings({ side, entryPrice, quantity }: PositionDetail, level: string): string | null {
  if (entryPrice === null) return null
  const move = (Number(level) - Number(entryPrice)) * (side === 'long' ? 1 : -1)
  return String(move * Number(quantity))
}
