import type { Story } from '../../api/story.ts'
import { Chip } from '../parts/chip.tsx'
import { fullTime, percent, price, quantity } from '../parts/format.ts'
import { Chevron } from '../parts/icons.tsx'
import { When } from '../parts/moment.tsx'
import { Panel } from '../parts/panel.tsx'
import { closeReason, sentence } from '../parts/words.ts'

type StoryOrder = Story['orders'][number]

/** Every order of a position with its fills and its steps. */
export function StoryOrders({ story }: { story: Story }) {
  return (
    <Panel title="3. Orders and fills">
      {story.orders.length === 0 ? (
        <p className="border-t border-line px-4 py-3 text-sm text-muted">No order has been planned yet.</p>
      ) : (
        <ul className="divide-y divide-line border-t border-line">
          {story.orders.map((order) => (
            <li key={order.id}>
              <Order order={order} fills={story.fills.filter(({ orderId }) => orderId === order.id)} />
            </li>
          ))}
        </ul>
      )}
    </Panel>
  )
}

const purposes = { entry: 'Entry', exit: 'Exit', stop: 'Stop at the exchange' } as const

function Order({ order, fills }: { order: StoryOrder; fills: Story['fills'] }) {
  const name = order.closeReason
    ? `${purposes[order.purpose]}: ${closeReason(order.closeReason)}`
    : purposes[order.purpose]
  return (
    <details className="group">
      <summary className="grid grid-cols-[auto_minmax(0,1fr)_auto] items-center gap-x-3 gap-y-0.5 px-4 py-2.5 text-sm hover:bg-raised/50">
        <Chevron className="size-3.5 text-muted transition-transform group-open:rotate-90" />
        <span className="flex flex-wrap items-center gap-x-2 gap-y-1">
          <span className="font-semibold">{name}</span>
          <Chip tone={order.failure ? 'warn' : 'plain'}>{sentence(order.state)}</Chip>
        </span>
        <When at={order.plannedAt} className="text-xs text-muted" />
        <span className="col-start-2 col-end-4 text-[0.8125rem] text-muted">{resultOf(order)}</span>
      </summary>
      <div className="space-y-3 border-t border-line bg-raised/40 px-4 py-3 text-[0.8125rem]">
        {order.failure && (
          <p className="text-warn">
            <strong className="font-semibold">{order.failure.reason}</strong> {order.failure.advice}
          </p>
        )}
        {fills.length > 0 && (
          <ul className="space-y-0.5">
            {fills.map((fill) => (
              <li key={fill.id}>
                {fill.side === 'buy' ? 'Bought' : 'Sold'} {quantity(fill.quantity)} at {price(fill.price)},
                fee {quantity(fill.fee)} {fill.feeCurrency} {fill.isMaker ? '(maker)' : ''}
              </li>
            ))}
          </ul>
        )}
        <ol className="space-y-1 text-muted">
          {order.events.map((event) => (
            <li key={`${event.at} ${event.to}`} className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-3">
              <time dateTime={event.at} title={fullTime(Date.parse(event.at))}>
                {clockWithSeconds(event.at)}
              </time>
              <span className="text-text">{event.text}</span>
            </li>
          ))}
        </ol>
      </div>
    </details>
  )
}

/** What became of it: how much filled, at which price, and how far that was from where it was decided. */
function resultOf({
  filled,
  quantity: wanted,
  averagePrice,
  referencePrice,
  side,
  stopPrice,
  purpose,
}: StoryOrder) {
  if (averagePrice === null || Number(filled) === 0)
    return purpose === 'stop' && stopPrice !== null
      ? `${quantity(wanted)} at ${price(stopPrice)}, nothing filled`
      : `${quantity(wanted)}, nothing filled`
  const slip = (Number(averagePrice) / Number(referencePrice) - 1) * (side === 'buy' ? -1 : 1)
  return `${quantity(filled)} of ${quantity(wanted)} at ${price(averagePrice)}, ${percent(slip)} against ${price(referencePrice)}`
}

const format = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium', hourCycle: 'h23' })

function clockWithSeconds(at: string): string {
  return format.format(Date.parse(at))
}
