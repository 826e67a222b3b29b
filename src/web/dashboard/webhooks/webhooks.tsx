import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { NewWebhook, Webhook } from '../../api/webhooks.ts'
import { Chip } from '../parts/chip.tsx'
import { Empty } from '../parts/empty.tsx'
import { Failure } from '../parts/failure.tsx'
import { Heading } from '../parts/heading.tsx'
import { Ago, MarketNow } from '../parts/moment.tsx'
import { Panel } from '../parts/panel.tsx'
import { Waiting } from '../parts/waiting.tsx'
import { ask, queries, send } from '../shell/api.ts'
import { useMarketNow } from '../shell/live.ts'
import { useMe } from '../shell/me.ts'
import { WebhookDeliveries } from './deliveries.tsx'
import { WebhookForm } from './form.tsx'
import { WebhookSecret } from './secret.tsx'

/** The addresses to which others send this user's signals, and what came there. */
export default function WebhooksPage() {
  const me = useMe()
  const webhooks = useQuery({
    queryKey: ['webhooks'],
    queryFn: () => ask<{ items: Webhook[] }>('/webhooks'),
  })
  const [made, setMade] = useState<NewWebhook>()
  const now = useMarketNow(undefined, 0)
  return (
    <MarketNow value={now}>
      <Heading title="Webhooks">
        Addresses to which TradingView or a program of yours sends signals, and what came there.
      </Heading>
      <div className="grid gap-3 sm:gap-4 lg:grid-cols-8">
        <div className="space-y-3 sm:space-y-4 lg:col-span-3">
          {made && <WebhookSecret made={made} onDone={() => setMade(undefined)} />}
          <Panel title="Webhooks">
            {webhooks.error ? <Failure error={webhooks.error} /> : <Rows webhooks={webhooks.data?.items} />}
          </Panel>
          <WebhookForm isAdmin={me?.role === 'admin'} onMade={setMade} />
        </div>
        <WebhookDeliveries className="self-start lg:col-span-5" />
      </div>
    </MarketNow>
  )
}

function Rows({ webhooks }: { webhooks: readonly Webhook[] | undefined }) {
  if (!webhooks) return <Waiting rows={2} />
  if (webhooks.length === 0)
    return (
      <Empty title="No webhook yet">
        Make one below, and let TradingView or a program of yours send its signals there.
      </Empty>
    )
  return (
    <ul className="divide-y divide-line border-t border-line">
      {webhooks.map((webhook) => (
        <li key={webhook.id}>
          <Row webhook={webhook} />
        </li>
      ))}
    </ul>
  )
}

function Row({ webhook }: { webhook: Webhook }) {
  const [isSure, setSure] = useState(false)
  const end = useMutation({
    mutationFn: () => send('/webhooks/remove', { id: webhook.id }),
    onSuccess: () => queries.refetchQueries({ queryKey: ['webhooks'] }),
  })
  return (
    <div className="px-4 py-2.5 text-sm">
      <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
        <span className="font-semibold">{webhook.name}</span>
        <Chip tone="plain">{webhook.kind === 'tradingview' ? 'TradingView' : 'Program'}</Chip>
        {webhook.isSigned && <Chip tone="accent">signed</Chip>}
        {webhook.isForEveryone && <Chip tone="warn">for everyone</Chip>}
        <span className="text-xs text-muted">
          made <Ago at={webhook.createdAt} />
        </span>
        <button
          type="button"
          disabled={end.isPending}
          onClick={() => (isSure ? end.mutate() : setSure(true))}
          onBlur={() => setSure(false)}
          className={`ml-auto h-8 rounded-lg px-2 text-xs font-medium ${isSure ? 'bg-down-soft text-down' : 'text-muted hover:bg-raised hover:text-text'}`}
        >
          {isSure ? `Remove ${webhook.name} for good` : 'Remove'}
          {!isSure && <span className="sr-only"> {webhook.name}</span>}
        </button>
      </div>
      {end.error && <Failure error={end.error} />}
    </div>
  )
}
