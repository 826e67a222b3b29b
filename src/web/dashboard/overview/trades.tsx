import { useQuery } from '@tanstack/react-query'
import type { Trade } from '../../api/trades.ts'
import { Chip } from '../parts/chip.tsx'
import { Empty } from '../parts/empty.tsx'
import { Failure } from '../parts/failure.tsx'
import { price, span } from '../parts/format.ts'
import { Gain } from '../parts/gain.tsx'
import { Ago } from '../parts/moment.tsx'
import { Panel } from '../parts/panel.tsx'
import { Waiting } from '../parts/waiting.tsx'
import { closeReason, sourceName } from '../parts/words.ts'
import { useShown } from '../shell/account.tsx'
import { ask } from '../shell/api.ts'
import { Link } from '../shell/link.tsx'

/** What was closed last, why, and what it brought. */
export function TradesPanel({ className }: { className: string }) {
  const trades = useQuery({
    queryKey: ['trades'],
    queryFn: () => ask<{ items: Trade[] }>('/trades?limit=30'),
  })
  const items = useShown(trades.data?.items)?.slice(0, 10)
  return (
    <Panel
      title="Last trades"
      className={className}
      aside={
        <Link to="/trades" className="text-xs text-muted underline underline-offset-2">
          All, net of fees
        </Link>
      }
    >
      {trades.error ? <Failure error={trades.error} /> : <Rows trades={items} />}
    </Panel>
  )
}

function Rows({ trades }: { trades: readonly Trade[] | undefined }) {
  if (!trades) return <Waiting rows={4} />
  if (trades.length === 0)
    return (
      <Empty title="No trade has closed yet">
        A trade appears here when its position is closed by a stop, a target, the time limit or a signal.
      </Empty>
    )
  return (
    <ul className="divide-y divide-line border-t border-line">
      {trades.map((trade) => (
        <Row key={trade.id} trade={trade} />
      ))}
    </ul>
  )
}

function Row({ trade }: { trade: Trade }) {
  const held = Date.parse(trade.closedAt) - Date.parse(trade.openedAt)
  return (
    <li className="relative grid grid-cols-[minmax(0,1fr)_auto] gap-x-4 gap-y-0.5 px-4 py-2.5 text-sm hover:bg-raised/40">
      <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
        <Link to={`/trades/${trade.id}`} className="font-semibold after:absolute after:inset-0">
          {trade.symbol.split('/')[0]}
        </Link>
        <span className="text-muted">{trade.side === 'long' ? '↑ long' : '↓ short'}</span>
        <Chip tone="plain">{closeReason(trade.closeReason)}</Chip>
      </p>
      <Gain value={trade.pnl} ratio={trade.profitRatio} className="text-right font-semibold" />
      <p className="truncate text-xs text-muted">
        {price(trade.entryPrice)} → {price(trade.exitPrice)} · held {span(held)} · {sourceName(trade.source)}
      </p>
      <Ago at={trade.closedAt} className="text-right text-xs text-muted" />
    </li>
  )
}
