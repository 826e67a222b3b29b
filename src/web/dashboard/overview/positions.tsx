import type { AccountOverview } from '../../api/overview.ts'
import type { Position } from '../../api/positions.ts'
import { Chip } from '../parts/chip.tsx'
import { Empty } from '../parts/empty.tsx'
import { Failure } from '../parts/failure.tsx'
import { money, price, quantity, share, trendOf } from '../parts/format.ts'
import { Gain } from '../parts/gain.tsx'
import { Age } from '../parts/moment.tsx'
import { Panel } from '../parts/panel.tsx'
import { PriceBar } from '../parts/price-bar.tsx'
import { Protection } from '../parts/protection.tsx'
import { Waiting } from '../parts/waiting.tsx'
import { sourceName } from '../parts/words.ts'

interface PositionsPanelProps {
  readonly positions: readonly Position[] | undefined
  readonly account: AccountOverview | undefined
  readonly error: unknown
  readonly className: string
}

/** What the account holds, live. */
export function PositionsPanel({ positions, account, error, className }: PositionsPanelProps) {
  return (
    <Panel title="Open positions" className={className} aside={<Count of={positions?.length} />}>
      {error ? <Failure error={error} /> : <Rows positions={positions} quote={account?.quote ?? ''} />}
    </Panel>
  )
}

function Count({ of }: { of: number | undefined }) {
  return of ? <span className="text-sm text-muted">{of}</span> : null
}

function Rows({ positions, quote }: { positions: readonly Position[] | undefined; quote: string }) {
  if (!positions) return <Waiting rows={2} />
  if (positions.length === 0)
    return (
      <Empty title="No open position">
        When a signal passes every check, its position appears here. The decisions below say why one did not.
      </Empty>
    )
  return (
    <ul className="divide-y divide-line border-t border-line">
      {positions.map((position) => (
        <Row key={position.id} position={position} quote={quote} />
      ))}
    </ul>
  )
}

/** A line on a wide screen, a card on a narrow one. */
function Row({ position, quote }: { position: Position; quote: string }) {
  return (
    <li className="grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-4 gap-y-3 px-4 py-3.5 lg:grid-cols-[minmax(11rem,1.2fr)_minmax(7rem,0.8fr)_minmax(7rem,0.8fr)_minmax(14rem,2.4fr)_minmax(9rem,1fr)_minmax(9.5rem,auto)]">
      <Name position={position} />
      <Profit position={position} />
      <Pair
        className="lg:order-2"
        top={<span>{position.lastPrice ? price(position.lastPrice) : '–'}</span>}
        bottom={position.entryPrice ? `from ${price(position.entryPrice)}` : ''}
      />
      <Pair
        className="text-right lg:order-1 lg:text-left"
        top={position.notional ? `${money(position.notional)} ${quote}` : '–'}
        bottom={
          position.notional
            ? `${quantity(position.quantity)} ${position.symbol.split('/')[0]}`
            : 'nothing filled yet'
        }
      />
      <div className="col-span-2 lg:order-3 lg:col-span-1">
        <PriceBar position={position} />
      </div>
      <div className="col-span-2 lg:order-5 lg:col-span-1 lg:text-right">
        <Protection position={position} />
        <Liquidation position={position} />
      </div>
    </li>
  )
}

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
        <h3 className="font-semibold tracking-tight">
          {base}
          <span className="font-normal text-muted">/{quote}</span>
        </h3>
        <Chip tone={position.side === 'long' ? 'up' : 'down'}>
          {position.side === 'long' ? '↑ Long' : '↓ Short'}
          {Number(position.leverage) > 1 && ` ${Number(position.leverage)}×`}
        </Chip>
        {position.state === 'closing' && <Chip tone="warn">Closing</Chip>}
      </div>
      <p className="truncate text-xs text-muted">
        {sourceName(position.source)} · {position.openedAt ? <Age since={position.openedAt} /> : 'opening'}
      </p>
    </div>
  )
}

function Profit({ position }: { position: Position }) {
  const levels = position.takenLevels.length
  return (
    <div className="text-right lg:order-4">
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
