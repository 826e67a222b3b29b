import { useDeferredValue, useMemo } from 'react'
import type { Position } from '../../api/positions.ts'
import { Empty } from '../parts/empty.tsx'
import { Failure } from '../parts/failure.tsx'
import { gain, money } from '../parts/format.ts'
import { Heading } from '../parts/heading.tsx'
import { Waiting } from '../parts/waiting.tsx'
import { useAccount, useShown } from '../shell/account.tsx'
import { Link } from '../shell/link.tsx'
import { useHere, useSearchChange } from '../shell/router.tsx'
import { usePositions } from './live.ts'
import { PositionRow } from './row.tsx'

const orders = {
  newest: { name: 'Newest', key: (position: Position) => -Date.parse(position.createdAt) },
  winners: { name: 'Most won', key: (position: Position) => -Number(position.openPnl ?? 0) },
  losers: { name: 'Most lost', key: (position: Position) => Number(position.openPnl ?? 0) },
  largest: { name: 'Largest', key: (position: Position) => -Number(position.notional ?? 0) },
  stop: { name: 'Nearest its stop', key: nearness },
} as const
type Order = keyof typeof orders

function orderNamed(name: string | null): Order {
  return name !== null && name in orders ? (name as Order) : 'newest'
}

/** How far the price is from the stop, as a ratio; without a stop, first of all. */
function nearness({ lastPrice, stopLoss, trailingStop }: Position): number {
  const stops = [stopLoss, trailingStop].filter((stop) => stop !== null)
  if (lastPrice === null) return Number.POSITIVE_INFINITY
  if (stops.length === 0) return -1
  return Math.min(...stops.map((stop) => Math.abs(1 - Number(stop) / Number(lastPrice))))
}

/** Everything that is open, live. */
export default function PositionsPage() {
  const { account } = useAccount()
  const positions = usePositions()
  // Deferred, so that a hundred prices that come at once are drawn between frames and not instead of some.
  const shown = useDeferredValue(useShown(positions.data?.items))
  const { search } = useHere()
  const change = useSearchChange()
  const order = orderNamed(search.get('order'))
  const sorted = useMemo(
    () => shown?.toSorted((a, b) => orders[order].key(a) - orders[order].key(b)),
    [shown, order],
  )
  return (
    <>
      <Heading
        title="Positions"
        aside={<OrderChoice order={order} onChoose={(next) => change({ order: next })} />}
      >
        {account && shown && shown.length > 0
          ? `${shown.length} open, worth ${money(sum(shown, 'notional'))} ${account.quote}, ${gain(sum(shown, 'openPnl'))} if closed now.`
          : 'What is held now, and what protects it.'}
      </Heading>
      {positions.error && <Failure error={positions.error} />}
      <section aria-label="Open positions" className="rounded-xl border border-line bg-surface">
        {sorted === undefined ? (
          <Waiting rows={4} />
        ) : sorted.length === 0 ? (
          <Empty
            title="No open position"
            action={
              <Link to="/" className="text-sm font-medium text-accent underline underline-offset-2">
                See the last decisions
              </Link>
            }
          >
            A position opens when a signal passes every check. The decisions say why one did not.
          </Empty>
        ) : (
          <ul className="divide-y divide-line">
            {sorted.map((position) => (
              <PositionRow key={position.id} position={position} quote={account?.quote ?? ''} />
            ))}
          </ul>
        )}
      </section>
    </>
  )
}

function sum(positions: readonly Position[], field: 'notional' | 'openPnl'): number {
  return positions.reduce((total, position) => total + Number(position[field] ?? 0), 0)
}

function OrderChoice({ order, onChoose }: { order: Order; onChoose: (order: Order) => void }) {
  return (
    <label className="flex items-center gap-2 text-sm">
      Order
      <select
        value={order}
        onChange={(event) => onChoose(event.target.value as Order)}
        className="h-9 rounded-lg border border-line bg-surface px-2"
      >
        {Object.entries(orders).map(([value, { name }]) => (
          <option key={value} value={value}>
            {name}
          </option>
        ))}
      </select>
    </label>
  )
}
