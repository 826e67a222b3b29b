import { useMutation } from '@tanstack/react-query'
import type { Alert } from '../../api/alerts.ts'
import { Button } from '../parts/button.tsx'
import { Chip } from '../parts/chip.tsx'
import { Failure } from '../parts/failure.tsx'
import { When } from '../parts/moment.tsx'
import { queries, send } from '../shell/api.ts'

const severities = {
  critical: { tone: 'down', name: 'critical' },
  warning: { tone: 'warn', name: 'warning' },
  trade: { tone: 'accent', name: 'trade' },
  info: { tone: 'plain', name: 'note' },
} as const

interface AlertRowProps {
  readonly alert: Alert
  /** Whether a mail led here because of it. */
  readonly isSought: boolean
}

/** One alert with its whole text, its facts on demand, and where it went. */
export function AlertRow({ alert, isSought }: AlertRowProps) {
  const { tone, name } = severities[alert.severity]
  const facts = Object.entries(alert.facts).filter(([, value]) => value !== null && value !== '')
  const isOpen = alert.acknowledgedAt === null
  const acknowledge = useMutation({
    mutationFn: () => send(`/alerts/${alert.id}/acknowledge`, {}),
    onSuccess: () => queries.refetchQueries({ queryKey: ['alerts'] }),
  })
  const wantsLook = isOpen && (alert.severity === 'critical' || alert.severity === 'warning')
  return (
    <article className={`px-4 py-3 text-sm ${isSought ? 'bg-accent-soft' : ''}`}>
      <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
        <Chip tone={tone}>{name}</Chip>
        {alert.isOperators && <Chip tone="plain">installation</Chip>}
        <h3 className="min-w-0 font-semibold">{alert.title}</h3>
        <span className="ml-auto text-xs text-muted">
          <When at={alert.raisedAt} />
        </span>
      </div>
      <p className="mt-1">{alert.text}</p>
      {alert.advice && <p className="mt-1 text-muted">{alert.advice}</p>}
      {alert.repeats > 0 && (
        <p className="mt-1 text-xs text-muted">
          It came {alert.repeats + 1} times within a quarter of an hour.
        </p>
      )}
      <div className="mt-2 flex flex-wrap items-center gap-x-3 gap-y-1 text-xs text-muted">
        {facts.length > 0 && (
          <details className="min-w-0">
            <summary className="cursor-pointer rounded">Facts</summary>
            <dl className="mt-1 grid grid-cols-[auto_1fr] gap-x-3 gap-y-0.5">
              {facts.map(([fact, value]) => (
                <div key={fact} className="contents">
                  <dt>{words(fact)}</dt>
                  <dd className="break-all text-text">{String(value)}</dd>
                </div>
              ))}
            </dl>
          </details>
        )}
        {alert.deliveries.map((delivery) => (
          <span key={`${delivery.channel} ${delivery.at}`}>{deliveryText(delivery)}</span>
        ))}
        {wantsLook && (
          <Button
            look="plain"
            className="ml-auto"
            disabled={acknowledge.isPending}
            onClick={() => acknowledge.mutate()}
          >
            Acknowledge<span className="sr-only">: {alert.title}</span>
          </Button>
        )}
      </div>
      {acknowledge.error && <Failure error={acknowledge.error} />}
    </article>
  )
}

function deliveryText({ channel, state, reason }: Alert['deliveries'][number]): string {
  const by = channel === 'email' ? 'Mail' : 'Telegram'
  if (state === 'sent') return `${by}: sent`
  if (state === 'waiting') return `${by}: on its way`
  return `${by}: not delivered (${reason ?? state})`
}

function words(name: string): string {
  return name
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .replaceAll('_', ' ')
    .toLowerCase()
}
