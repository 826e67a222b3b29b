import { useInfiniteQuery } from '@tanstack/react-query'
import type { BacktestTrade } from '../../api/backtest-answers.ts'
import { Button } from '../parts/button.tsx'
import { Chip } from '../parts/chip.tsx'
import { Empty } from '../parts/empty.tsx'
import { Failure } from '../parts/failure.tsx'
import { fullTime, price, quantity, span } from '../parts/format.ts'
import { Gain } from '../parts/gain.tsx'
import { Panel } from '../parts/panel.tsx'
import { type Column, Table } from '../parts/table.tsx'
import { Waiting } from '../parts/waiting.tsx'
import { closeReason } from '../parts/words.ts'
import { ask } from '../shell/api.ts'

interface Page {
  readonly items: BacktestTrade[]
  readonly next: string | null
}

const columns: readonly Column<BacktestTrade>[] = [
  {
    id: 'symbol',
    title: 'Symbol',
    cell: ({ symbol }) => symbol,
    order: ({ symbol }) => symbol,
    phone: 'title',
  },
  {
    id: 'side',
    title: 'Side',
    cell: ({ side }) => <Chip tone="plain">{side === 'long' ? 'Long' : 'Short'}</Chip>,
    order: ({ side }) => side,
  },
  {
    id: 'opened',
    title: 'Opened',
    cell: ({ openedAt }) => <At at={openedAt} />,
    order: ({ openedAt }) => openedAt,
  },
  {
    id: 'held',
    title: 'Held',
    isNumber: true,
    cell: (trade) => span(heldMs(trade)),
    order: (trade) => heldMs(trade),
  },
  {
    id: 'entry',
    title: 'Entry',
    isNumber: true,
    cell: ({ entryPrice }) => price(entryPrice),
    phone: 'hidden',
  },
  { id: 'exit', title: 'Exit', isNumber: true, cell: ({ exitPrice }) => price(exitPrice), phone: 'hidden' },
  {
    id: 'quantity',
    title: 'Quantity',
    isNumber: true,
    cell: (trade) => quantity(trade.quantity),
    phone: 'hidden',
  },
  {
    id: 'reason',
    title: 'Closed by',
    cell: ({ closeReason: reason, isOpen }) => (isOpen ? 'end of the candles' : closeReason(reason)),
    order: ({ closeReason: reason }) => reason,
  },
  {
    id: 'profit',
    title: 'Profit',
    isNumber: true,
    cell: ({ profit, profitRatio }) => <Gain value={profit.toFixed(2)} ratio={profitRatio} />,
    order: ({ profit }) => profit,
  },
]

/** The trades of a run, a page at a time. */
export function RunTrades({ id, total }: { id: string; total: number }) {
  const trades = useInfiniteQuery({
    queryKey: ['backtest-trades', id],
    queryFn: ({ pageParam }) =>
      ask<Page>(`/backtests/${id}/trades?limit=100${pageParam ? `&cursor=${pageParam}` : ''}`),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next,
  })
  const rows = trades.data?.pages.flatMap(({ items }) => items) ?? []
  return (
    <Panel
      title="Trades"
      aside={
        <span className="text-xs text-muted">
          {rows.length < total ? `${rows.length} of ${total}` : total}
        </span>
      }
    >
      {trades.error ? (
        <Failure error={trades.error} />
      ) : trades.isPending ? (
        <Waiting rows={4} />
      ) : rows.length === 0 ? (
        <Empty title="It did not trade">
          No signal passed the rules. “Not taken” above says which of them refused; more days or more symbols
          give more signals.
        </Empty>
      ) : (
        <>
          <Table
            caption="Trades of the backtest"
            columns={columns}
            rows={rows}
            rowKey={({ number }) => String(number)}
          />
          {trades.hasNextPage && (
            <div className="border-t border-line p-3 text-center">
              <Button disabled={trades.isFetchingNextPage} onClick={() => trades.fetchNextPage()}>
                Show more
              </Button>
            </div>
          )}
        </>
      )}
    </Panel>
  )
}

function At({ at }: { at: string }) {
  const ms = Date.parse(at)
  return (
    <time dateTime={at} title={fullTime(ms)} className="whitespace-nowrap">
      {new Date(ms).toLocaleString(undefined, { dateStyle: 'short', timeStyle: 'short' })}
    </time>
  )
}

const heldMs = ({ openedAt, closedAt }: BacktestTrade) => Date.parse(closedAt) - Date.parse(openedAt)
