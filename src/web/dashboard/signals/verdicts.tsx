import { useQuery } from '@tanstack/react-query'
import type { SignalVerdict } from '../../api/signal-verdicts.ts'
import { buttonLook } from '../parts/button.tsx'
import { Chip } from '../parts/chip.tsx'
import { DecisionSteps } from '../parts/decision-steps.tsx'
import { Empty } from '../parts/empty.tsx'
import { Failure } from '../parts/failure.tsx'
import { Ago } from '../parts/moment.tsx'
import { Waiting } from '../parts/waiting.tsx'
import { ask } from '../shell/api.ts'
import { Link } from '../shell/link.tsx'

/** What each account made of a signal, and every number it looked at. */
export function Verdicts({ signalId }: { signalId: string }) {
  const { data, error } = useQuery({
    queryKey: ['signal', signalId],
    queryFn: () => ask<{ verdicts: SignalVerdict[] }>(`/signals/${signalId}`),
    refetchInterval: 10_000,
  })
  if (error && !data) return <Failure error={error} />
  if (!data) return <Waiting rows={2} />
  if (data.verdicts.length === 0)
    return (
      <Empty
        title="No account could take it"
        action={
          <Link to="/start" className={buttonLook('primary')}>
            Start with a paper account
          </Link>
        }
      >
        With an account, what was made of each signal stands here with its reasons.
      </Empty>
    )
  return (
    <div className="min-w-0 text-sm">
      <h3 className="mb-1 text-xs font-semibold text-muted">What your accounts made of it</h3>
      <ul className="space-y-3">
        {data.verdicts.map((verdict) => (
          <li key={verdict.accountId}>
            <VerdictOf verdict={verdict} />
          </li>
        ))}
      </ul>
    </div>
  )
}

function VerdictOf({ verdict: { account, decision, why } }: { verdict: SignalVerdict }) {
  if (!decision)
    return (
      <p>
        <span className="font-medium">{account}</span> <Chip tone="plain">not decided</Chip>
        <span className="block text-muted">{why}</span>
      </p>
    )
  const isTaken = decision.outcome === 'taken'
  return (
    <div>
      <p>
        <span className="font-medium">{account}</span>{' '}
        <Chip tone={isTaken ? 'accent' : 'plain'}>
          {isTaken ? (decision.action === 'close' ? 'closed by it' : 'taken') : 'not taken'}
        </Chip>{' '}
        <Ago at={decision.marketAt} className="text-xs text-muted" />
      </p>
      <ul className="text-muted">
        {decision.reasons.map((reason) => (
          <li key={reason}>{reason}</li>
        ))}
      </ul>
      <details className="mt-1">
        <summary className="text-xs font-medium text-accent">Every check with its numbers</summary>
        <div className="mt-2">
          <DecisionSteps steps={decision.steps} />
        </div>
      </details>
    </div>
  )
}
