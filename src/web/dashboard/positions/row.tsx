import { memo } from 'react'
import type { Position } from '../../api/positions.ts'
import { Chip } from '../parts/chip.tsx'
import { money, price, quantity, share, trendOf } from '../parts/format.ts'
import { Gain } from '../parts/gain.tsx'
import { Age } from '../parts/moment.tsx'
import { PriceBar } from '../parts/price-bar.tsx'
import { Protection } from '../parts/protection.tsx'
import { sourceName } from '../parts/words.ts'
import { Link } from '../shell/link.tsx'

interface RowProps {
  readonly position: Position
  readonly quote: string
}

/**
 * A line on a wide screen, a card on a narrow one. Drawn anew when its own position changes, and laid out by the browser
 * while it is in sight: of two hundred, most stand still or below.
 */
export const PositionRow = memo(function PositionRow({ position, quote }: RowProps) {
  return (
    <li className="relative grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-4 gap-y-3 px-4 py-3.5 [contain-intrinsic-size:auto_9rem] [content-visibility:auto] hover:bg-raised/40 xl:grid-cols-[minmax(9rem,1.2fr)_7.5rem_6.5rem_minmax(12rem,2.4fr)_9rem_12rem] xl:[contain-intrinsic-size:auto_4.5rem]">
      <Name position={position} />
      <Profit position={position} />
      <Pair
        className="xl:order-2"
        top={<span>{position.lastPrice ? price(position.lastPrice) : '–'}</span>}
        bottom={position.entryPrice ? `from ${price(position.entryPrice)}` : ''}
      />
      <Pair
        className="text-right xl:order-1 xl:text-left"
        top={position.notional ? `${money(position.notional)} ${quote}` : '–'}
        bottom={
          position.notional
            ? `${quantity(position.quantity)} ${position.symbol.split('/')[0]}`
            : 'nothing filled yet'
        }
      />
      <div className="col-span-2 xl:order-3 xl:col-span-1">
        <PriceBar position={position} />
      </div>
      <div className="col-span-2 xl:order-5 xl:col-span-1 xl:text-right">
        <Protection position={position} />
        <Liquidation position={position} />
      </div>
    </li>
  )
})

/** How far the price is from where the exchange liquidates; nothing where it never does, or not before the price has doubled. */
function Liquidation({ position: { liquidationDistance } }: { position: Position }) {
  if (liquidationDistance === null || liquidationDistance > 1) return null
  return <p className="text-xs text-muted">liquidation {share(liquidationDistance)} away</p>
}

function Name({ position }: { position: Position }) {
  const [base, quote] = position.symbol.split('/')
  return (
    <div className="min-w-0">
      <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
        <p className="font-semibold tracking-tight">
          {/* The link covers the row, so that all of it can be pressed. */}
          <Link to={`/positions/${position.id}`} className="after:absolute after:inset-0">
            {base}
            <span className="font-normal text-muted">/{quote}</span>
          </Link>
        </p>
        <SideChip position={position} />
        {position.state === 'closing' && <Chip tone="warn">Closing</Chip>}
      </div>
      <p className="truncate text-xs text-muted">
        {sourceName(position.source)} · {position.openedAt ? <Age since={position.openedAt} /> : 'opening'}
      </p>
    </div>
  )
}

/** Which way it goes, and with how much leverage. */
export function SideChip({ position }: { position: Pick<Position, 'side' | 'leverage'> }) {
  return (
    <Chip tone={position.side === 'long' ? 'up' : 'down'}>
      {position.side === 'long' ? '↑ Long' : '↓ Short'}
      {Number(position.leverage) > 1 && ` ${Number(position.leverage)}×`}
    </Chip>
  )
}

function Profit({ position }: { position: Position }) {
  const levels = position.takenLevels.length
  return (
    <div className="text-right xl:order-4">
      <Gain value={position.openPnl} ratio={position.openRatio} className="font-semibold" />
      {levels > 0 && (
        <p className="text-xs whitespace-nowrap text-muted">
          {trendOf(position.realizedPnl) !== 'flat' && <Gain value={position.realizedPnl} />} {levels} of 3
          targets taken
        </p>
      )}
    </div>
  )
}

function Pair({ top, bottom, className = '' }: { top: React.ReactNode; bottom: string; className?: string }) {
  return (
    <div className={`min-w-0 text-sm ${className}`}>
      <p className="truncate">{top}</p>
      <p className="truncate text-xs text-muted">{bottom}</p>
    </div>
  )
}
