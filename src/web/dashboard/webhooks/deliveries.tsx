import { useQuery } from '@tanstack/react-query'
import type { WebhookDelivery } from '../../api/webhook-deliveries.ts'
import { Chip } from '../parts/chip.tsx'
import { Empty } from '../parts/empty.tsx'
import { Failure } from '../parts/failure.tsx'
import { price, share } from '../parts/format.ts'
import { Chevron } from '../parts/icons.tsx'
import { Ago } from '../parts/moment.tsx'
import { Panel } from '../parts/panel.tsx'
import { Waiting } from '../parts/waiting.tsx'
import { ask } from '../shell/api.ts'

/** What came to the webhooks last, and why each was taken or refused. */
export function WebhookDeliveries({ className }: { className: string }) {
  const deliveries = useQuery({
    queryKey: ['webhook-deliveries'],
    queryFn: () => ask<{ items: WebhookDelivery[] }>('/webhook-deliveries?limit=50'),
    refetchInterval: 3_000,
  })
  return (
    <Panel title="Last deliveries" className={className}>
      {deliveries.error ? <Failure error={deliveries.error} /> : <Rows deliveries={deliveries.data?.items} />}
    </Panel>
  )
}

function Rows({ deliveries }: { deliveries: readonly WebhookDelivery[] | undefined }) {
  if (!deliveries) return <Waiting rows={4} />
  if (deliveries.length === 0)
    return (
      <Empty title="Nothing was delivered yet">
        Whatever comes to an address of yours stands here, taken or not, with the reason.
      </Empty>
    )
  return (
    <ul className="divide-y divide-line border-t border-line">
      {deliveries.map((delivery) => (
        <li key={delivery.id}>
          <Details delivery={delivery} />
        </li>
      ))}
    </ul>
  )
}

const states = {
  received: { tone: 'plain', text: 'Waiting' },
  taken: { tone: 'up', text: 'Taken' },
  refused: { tone: 'down', text: 'Refused' },
} as const

function Details({ delivery }: { delivery: WebhookDelivery }) {
  const { tone, text } = states[delivery.state]
  return (
    <details className="group">
      <summary className="grid grid-cols-[auto_minmax(0,1fr)_auto] items-center gap-x-3 gap-y-0.5 px-4 py-2.5 text-sm hover:bg-raised/50">
        <Chevron className="size-3.5 text-muted transition-transform group-open:rotate-90" />
        <span className="flex flex-wrap items-center gap-x-2 gap-y-1">
          <Chip tone={tone}>{text}</Chip>
          <span className="font-semibold">{delivery.webhook}</span>
          {delivery.wish && (
            <span className="text-xs text-muted">
              {delivery.wish.action} {delivery.wish.symbol} {share(delivery.wish.confidence)}
            </span>
          )}
        </span>
        <Ago at={delivery.receivedAt} className="text-xs text-muted" />
        <span className="col-start-2 col-end-4 text-[0.8125rem] text-muted group-open:text-text">
          {explanationOf(delivery)}
        </span>
      </summary>
      <pre className="overflow-x-auto border-t border-line bg-raised/40 px-4 py-3 text-xs whitespace-pre-wrap break-all">
        {delivery.body || '(an empty body)'}
      </pre>
    </details>
  )
}

function explanationOf({ state, reason, signal }: WebhookDelivery): string {
  if (state === 'refused') return reason ?? 'No reason was recorded.'
  if (state === 'received') return 'A worker takes it in a moment.'
  return signal ? `It is a signal since ${price(signal.price)}.` : 'It was a signal, which is gone.'
}
