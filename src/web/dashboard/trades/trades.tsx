import { useInfiniteQuery } from '@tanstack/react-query'
import type { Trade } from '../../api/trades.ts'
import { Button, buttonLook } from '../parts/button.tsx'
import { Empty } from '../parts/empty.tsx'
import { Failure } from '../parts/failure.tsx'
import { price, span } from '../parts/format.ts'
import { Gain } from '../parts/gain.tsx'
import { Heading } from '../parts/heading.tsx'
import { When } from '../parts/moment.tsx'
import { type Column, Table } from '../parts/table.tsx'
import { Waiting } from '../parts/waiting.tsx'
import { closeReason, sourceName } from '../parts/words.ts'
import { useAccount, useShown } from '../shell/account.tsx'
import { ask } from '../shell/api.ts'
import { Link } from '../shell/link.tsx'
import { useHere, useSearchChange } from '../shell/router.tsx'
import { filterNames, TradeFilter } from './filter.tsx'

interface TradesAnswer {
  readonly items: Trade[]
  readonly next: string | null
}

/** Closed trades by what one looks for, and as a file. */
export default function TradesPage() {
  const { account } = useAccount()
  const { search } = useHere()
  const change = useSearchChange()
  const query = queryOf(search, account && account.members.length === 1 ? account.id : undefined)
  const trades = useInfiniteQuery({
    queryKey: ['trades', 'list', query.toString()],
    queryFn: ({ pageParam }) => ask<TradesAnswer>(`/trades?${withCursor(query, pageParam)}`),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next,
    enabled: account !== undefined,
  })
  const shown = useShown(trades.data?.pages.flatMap(({ items }) => items))
  const isFiltered = filterNames.some((name) => search.has(name))
  return (
    <>
      <Heading
        title="Trades"
        aside={
          <a href={`/api/v1/trades.csv?${query}`} download className={buttonLook('plain')}>
            Export CSV
          </a>
        }
      >
        Every closed trade, net of fees and funding. Open one for its chart and its whole story.
      </Heading>
      <TradeFilter />
      <div className="rounded-xl border border-line bg-surface">
        {trades.error ? (
          <Failure error={trades.error} />
        ) : shown === undefined ? (
          <Waiting rows={8} />
        ) : shown.length === 0 ? (
          isFiltered ? (
            <Empty
              title="No trade matches"
              action={
                <Button
                  onClick={() => change(Object.fromEntries(filterNames.map((name) => [name, undefined])))}
                >
                  Show all trades
                </Button>
              }
            >
              Widen the dates, or take a filter away.
            </Empty>
          ) : (
            <Empty title="No trade has closed yet">
              A trade appears here when its position is closed by a stop, a target, the time limit or a
              signal.
            </Empty>
          )
        ) : (
          <Table caption="Closed trades" columns={columns} rows={shown} rowKey={({ id }) => id} />
        )}
        {trades.hasNextPage && (
          <div className="border-t border-line p-3 text-center">
            <Button disabled={trades.isFetchingNextPage} onClick={() => trades.fetchNextPage()}>
              {trades.isFetchingNextPage ? 'Loading…' : 'Show older trades'}
            </Button>
          </div>
        )}
      </div>
    </>
  )
}

/** What the API is asked for: days of the reader's own calendar, the last one included. */
function queryOf(search: URLSearchParams, accountId: string | undefined): URLSearchParams {
  const query = new URLSearchParams()
  if (accountId) query.set('account', accountId)
  for (const name of filterNames) {
    const value = search.get(name)
    if (!value) continue
    if (name === 'from') query.set(name, new Date(`${value}T00:00:00`).toISOString())
    else if (name === 'to') query.set(name, dayAfter(value))
    else query.set(name, value)
  }
  return query
}

function dayAfter(day: string): string {
  const at = new Date(`${day}T00:00:00`)
  at.setDate(at.getDate() + 1)
  return at.toISOString()
}

function withCursor(query: URLSearchParams, cursor: string): URLSearchParams {
  const next = new URLSearchParams(query)
  if (cursor) next.set('cursor', cursor)
  return next
}

const held = (trade: Trade) => Date.parse(trade.closedAt) - Date.parse(trade.openedAt)

const columns: readonly Column<Trade>[] = [
  {
    id: 'symbol',
    title: 'Trade',
    phone: 'title',
    order: ({ symbol }) => symbol,
    cell: (trade) => (
      <Link to={`/trades/${trade.id}`} className="font-semibold underline-offset-2 hover:underline">
        {trade.symbol}{' '}
        <span className="font-normal text-muted">{trade.side === 'long' ? '↑ long' : '↓ short'}</span>
      </Link>
    ),
  },
  {
    id: 'closed',
    title: 'Closed',
    order: ({ closedAt }) => closedAt,
    cell: ({ closedAt }) => <When at={closedAt} className="text-muted" />,
  },
  { id: 'held', title: 'Held', order: held, cell: (trade) => span(held(trade)), phone: 'hidden' },
  {
    id: 'prices',
    title: 'Prices',
    cell: ({ entryPrice, exitPrice }) => `${price(entryPrice)} → ${price(exitPrice)}`,
  },
  { id: 'source', title: 'Source', order: ({ source }) => source, cell: ({ source }) => sourceName(source) },
  {
    id: 'reason',
    title: 'Closed by',
    order: ({ closeReason: reason }) => reason,
    cell: ({ closeReason: reason }) => closeReason(reason),
  },
  {
    id: 'pnl',
    title: 'Net',
    isNumber: true,
    order: ({ pnl }) => Number(pnl),
    cell: ({ pnl, profitRatio }) => <Gain value={pnl} ratio={profitRatio} className="font-semibold" />,
  },
]
