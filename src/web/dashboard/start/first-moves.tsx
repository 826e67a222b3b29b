import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import type { AccountDetail } from '../../api/accounts.ts'
import type { Decision } from '../../api/decisions.ts'
import type { Position } from '../../api/positions.ts'
import { buttonLook } from '../parts/button.tsx'
import { Chip } from '../parts/chip.tsx'
import { quantity } from '../parts/format.ts'
import { Check } from '../parts/icons.tsx'
import { Panel } from '../parts/panel.tsx'
import { sourceName } from '../parts/words.ts'
import { ask } from '../shell/api.ts'
import { Link } from '../shell/link.tsx'

/** What happens to a new account: connected, a first signal, a first decision, a first position. */
export function FirstMoves({ account }: { account: AccountDetail }) {
  const everyMs = 1_500
  const decisions = useQuery({
    queryKey: ['first-decisions', account.id],
    queryFn: () => ask<{ items: Decision[] }>(`/decisions?account=${account.id}&limit=6`),
    refetchInterval: everyMs,
  })
  const positions = useQuery({
    queryKey: ['first-positions', account.id],
    queryFn: () => ask<{ items: Position[] }>(`/positions?account=${account.id}`),
    refetchInterval: everyMs,
  })
  const decided = decisions.data?.items ?? []
  const held = positions.data?.items ?? []
  const isTaken = held.length > 0 || decided.some(({ outcome }) => outcome === 'taken')
  return (
    <Panel title={account.name}>
      <ol aria-label="What happens" className="space-y-4 px-4 pt-1 pb-4 text-sm">
        <Step isDone title="The account is there">
          {account.balances.map(({ currency, total }) => `${quantity(total)} ${currency}`).join(', ')} at the
          simulator.
        </Step>
        <Step
          isDone={decided.length > 0}
          title={decided.length > 0 ? 'Signals come in and are decided on' : 'Waiting for the first signal'}
        >
          {decided.length === 0 ? (
            'Smart entry looks at the market every 15 seconds; the first decision follows within 10.'
          ) : (
            <ul aria-label="Decisions" className="mt-2 space-y-1.5">
              {decided.map((decision) => (
                <li key={decision.id} className="flex flex-wrap items-baseline gap-x-2">
                  <Chip tone={decision.outcome === 'taken' ? 'up' : 'plain'}>
                    {decision.outcome === 'taken' ? 'taken' : 'skipped'}
                  </Chip>
                  <span className="font-medium">{decision.symbol}</span>
                  <span className="text-muted">
                    {sourceName(decision.signal.source)} {decision.signal.action}: {decision.reasons[0]}
                  </span>
                </li>
              ))}
            </ul>
          )}
        </Step>
        <Step isDone={isTaken} title={isTaken ? 'It trades' : 'Waiting for one that passes every rule'}>
          {held.length > 0
            ? `${held.map(({ symbol }) => symbol).join(', ')}: each with a stop, a target and somebody who watches.`
            : 'Most signals are refused, with a reason each. That is the point of rules.'}
        </Step>
      </ol>
      <div className="flex flex-wrap gap-2 border-t border-line px-4 py-3">
        <Link to="/" className={buttonLook('primary')}>
          To the overview
        </Link>
        <Link to={`/settings?account=${account.id}`} className={buttonLook('plain')}>
          Look at the settings
        </Link>
        <Link to="/accounts/new" className={buttonLook('quiet')}>
          Connect an exchange
        </Link>
      </div>
    </Panel>
  )
}

interface StepProps {
  readonly isDone: boolean
  readonly title: string
  readonly children: ReactNode
}

function Step({ isDone, title, children }: StepProps) {
  return (
    <li className="flex gap-3">
      <span
        aria-hidden="true"
        className={`mt-0.5 grid size-5 shrink-0 place-items-center rounded-full ${isDone ? 'bg-up-soft text-up' : 'animate-pulse bg-raised'}`}
      >
        {isDone && <Check className="size-3.5" />}
      </span>
      <div className="min-w-0">
        <p className="font-medium">
          {title}
          <span className="sr-only">{isDone ? ': done' : ': not yet'}</span>
        </p>
        <div className="text-muted">{children}</div>
      </div>
    </li>
  )
}
