import type { Operations } from '../../api/operations.ts'
import { Empty } from '../parts/empty.tsx'
import { span } from '../parts/format.ts'
import { Panel } from '../parts/panel.tsx'
import { Table } from '../parts/table.tsx'
import { sentence } from '../parts/words.ts'

type Orders = Operations['orders'][number]

/** How orders fared at each exchange, which of them take no requests, and what is left of shared limits. */
export function Venues({ operations: { orders, streams, pauses, budgets } }: { operations: Operations }) {
  return (
    <>
      {pauses.length > 0 && (
        <ul role="status" className="rounded-lg bg-warn-soft px-4 py-3 text-sm text-warn">
          {pauses.map(({ place, reason, leftSeconds }) => (
            <li key={place}>
              <strong className="font-semibold">{place} takes no requests</strong> for another{' '}
              {span(leftSeconds * 1_000)}: {reason}
            </li>
          ))}
        </ul>
      )}
      <Panel title="Orders of the last hour">
        {orders.length === 0 ? (
          <Empty title="No order was sent">Times appear with the first order that goes out.</Empty>
        ) : (
          <Table
            caption="Orders of the last hour by exchange"
            columns={[
              {
                id: 'exchange',
                title: 'Exchange',
                cell: ({ exchange, isEntry }: Orders) =>
                  `${sentence(exchange)}, ${isEntry ? 'entries' : 'exits'}`,
                phone: 'title',
              },
              {
                id: 'sent',
                title: 'Sent',
                isNumber: true,
                cell: (row: Orders) => row.sent,
                order: (row: Orders) => row.sent,
              },
              {
                id: 'wait',
                title: 'Decided to sent',
                isNumber: true,
                cell: ({ sentMs }: Orders) => <Spread of={sentMs} />,
                order: ({ sentMs }: Orders) => sentMs?.p95 ?? -1,
              },
              {
                id: 'book',
                title: 'Sent to booked',
                isNumber: true,
                cell: ({ bookedMs }: Orders) => <Spread of={bookedMs} />,
                order: ({ bookedMs }: Orders) => bookedMs?.p95 ?? -1,
              },
              { id: 'rejected', title: 'Rejected', isNumber: true, cell: (row: Orders) => row.rejected },
              {
                id: 'unknown',
                title: 'Unknown',
                isNumber: true,
                cell: ({ unknown }: Orders) =>
                  unknown === 0 ? '0' : <span className="font-semibold text-down">{unknown}</span>,
              },
            ]}
            rows={orders}
            rowKey={({ exchange, isEntry }) => `${exchange} ${isEntry}`}
          />
        )}
      </Panel>
      <div className="grid items-start gap-3 sm:gap-4 lg:grid-cols-2">
        <Panel title="Private streams">
          {streams.length === 0 ? (
            <Empty title="No account is connected">Each account is listened to by one worker.</Empty>
          ) : (
            <ul className="divide-y divide-line border-t border-line text-sm">
              {streams.map(({ exchange, accounts, heard }) => (
                <li key={exchange} className="flex justify-between gap-4 px-4 py-2">
                  <span className="font-medium">{sentence(exchange)}</span>
                  <span className={heard < accounts ? 'text-warn' : 'text-muted'}>
                    {heard} of {accounts} {accounts === 1 ? 'account' : 'accounts'} heard
                  </span>
                </li>
              ))}
            </ul>
          )}
        </Panel>
        <Panel title="Shared limits">
          {budgets.length === 0 ? (
            <Empty title="Nothing was asked yet">
              What is left of each venue’s limits appears with the first request.
            </Empty>
          ) : (
            <ul className="divide-y divide-line border-t border-line text-sm">
              {budgets.map(({ place, name, left, secondsAgo }) => (
                <li key={`${place} ${name}`} className="flex justify-between gap-4 px-4 py-2">
                  <span>
                    <span className="font-medium">{place}</span> <span className="text-muted">{name}</span>
                  </span>
                  <span className="text-right text-muted">
                    {Math.floor(left).toLocaleString('en-US')} left, {span(secondsAgo * 1_000)} ago
                  </span>
                </li>
              ))}
            </ul>
          )}
        </Panel>
      </div>
    </>
  )
}

/** Half of them were as quick as the first, nineteen in twenty as the second. */
function Spread({ of: times }: { of: { readonly p50: number; readonly p95: number } | null }) {
  if (times === null) return <>–</>
  return (
    <span title="half of them; nineteen in twenty" className="whitespace-nowrap">
      {Math.round(times.p50).toLocaleString('en-US')} / {Math.round(times.p95).toLocaleString('en-US')} ms
    </span>
  )
}
