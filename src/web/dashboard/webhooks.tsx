import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Me } from '../api/me.ts'
import type { NewWebhook, Webhook } from '../api/webhooks.ts'
import { ask, queries, send } from './api.ts'
import { Mark } from './icons.tsx'
import { useMarketNow } from './live.ts'
import { Ago, MarketNow } from './moment.tsx'
import { Chip, Empty, Failure, Panel, Waiting } from './panel.tsx'
import { WebhookDeliveries } from './webhook-deliveries.tsx'
import { WebhookForm } from './webhook-form.tsx'
import { WebhookSecret } from './webhook-secret.tsx'

/** The addresses to which others send this user's signals, and what came there. */
export function WebhooksPage() {
  const me = useQuery({ queryKey: ['me'], queryFn: () => ask<Me>('/me') })
  const webhooks = useQuery({
    queryKey: ['webhooks'],
    queryFn: () => ask<{ items: Webhook[] }>('/webhooks'),
  })
  const [made, setMade] = useState<NewWebhook>()
  const now = useMarketNow(undefined, 0)
  return (
    <MarketNow value={now}>
      <header className="border-b border-line bg-surface">
        <div className="mx-auto flex min-h-14 max-w-[90rem] items-center gap-3 px-3 sm:px-5">
          <a
            href="/"
            className="flex items-center gap-2 rounded-md font-semibold"
            aria-label="Bullpen overview"
          >
            <Mark />
            <span className="hidden sm:inline">Bullpen</span>
          </a>
          <h1 className="font-semibold tracking-tight">Webhooks</h1>
        </div>
      </header>
      <main className="mx-auto grid max-w-[90rem] gap-3 px-3 py-3 sm:gap-4 sm:px-5 sm:py-4 lg:grid-cols-8">
        <div className="space-y-3 sm:space-y-4 lg:col-span-3">
          {made && <WebhookSecret made={made} onDone={() => setMade(undefined)} />}
          <Panel title="Webhooks">
            {webhooks.error ? <Failure error={webhooks.error} /> : <Rows webhooks={webhooks.data?.items} />}
          </Panel>
          <WebhookForm isAdmin={me.data?.role === 'admin'} onMade={setMade} />
        </div>
        <WebhookDeliveries className="self-start lg:col-span-5" />
      </main>
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
