import { useQuery } from '@tanstack/react-query'
import type { Decision } from '../../api/decisions.ts'
import { Chip } from '../parts/chip.tsx'
import { DecisionSteps } from '../parts/decision-steps.tsx'
import { Empty } from '../parts/empty.tsx'
import { Failure } from '../parts/failure.tsx'
import { share } from '../parts/format.ts'
import { Chevron } from '../parts/icons.tsx'
import { Ago } from '../parts/moment.tsx'
import { Panel } from '../parts/panel.tsx'
import { Waiting } from '../parts/waiting.tsx'
import { sourceName } from '../parts/words.ts'
import { useShown } from '../shell/account.tsx'
import { ask } from '../shell/api.ts'

/** What was decided last on each signal, and why. */
export function DecisionsPanel({ className }: { className: string }) {
  const decisions = useQuery({
    queryKey: ['decisions'],
    queryFn: () => ask<{ items: Decision[] }>('/decisions?limit=30'),
  })
  const items = useShown(decisions.data?.items)?.slice(0, 10)
  return (
    <Panel
      title="Last decisions"
      className={className}
      aside={<span className="text-xs text-muted">open one to see every check</span>}
    >
      {decisions.error ? <Failure error={decisions.error} /> : <Rows decisions={items} />}
    </Panel>
  )
}

function Rows({ decisions }: { decisions: readonly Decision[] | undefined }) {
  if (!decisions) return <Waiting rows={4} />
  if (decisions.length === 0)
    return (
      <Empty title="Nothing had to be decided yet">
        The first signals usually arrive within a minute; each is decided on in the next trading cycle, and
        the reasons stay here.
      </Empty>
    )
  return (
    <ul className="divide-y divide-line border-t border-line">
      {decisions.map((decision) => (
        <li key={decision.id}>
          <DecisionDetails decision={decision} />
        </li>
      ))}
    </ul>
  )
}

function DecisionDetails({ decision }: { decision: Decision }) {
  const { signal, outcome, symbol, steps, reasons } = decision
  return (
    <details className="group">
      <summary className="grid grid-cols-[auto_minmax(0,1fr)_auto] items-center gap-x-3 gap-y-0.5 px-4 py-2.5 text-sm hover:bg-raised/50">
        <Chevron className="size-3.5 text-muted transition-transform group-open:rotate-90" />
        <span className="flex flex-wrap items-center gap-x-2 gap-y-1">
          <span className="font-semibold">{symbol.split('/')[0]}</span>
          <Chip tone={outcome === 'taken' ? 'accent' : 'plain'}>{outcomeText(decision)}</Chip>
          <span className="text-xs text-muted">
            {signal.action} {share(signal.confidence)} · {sourceName(signal.source)}
          </span>
        </span>
        <Ago at={decision.marketAt} className="text-xs text-muted" />
        <span className="col-start-2 col-end-4 text-[0.8125rem] text-muted group-open:text-text">
          {reasons[0] ?? 'No reason was recorded.'}
        </span>
      </summary>
      <div className="border-t border-line bg-raised/40 px-4 py-3">
        {reasons.length > 1 && (
          <ul className="mb-3 space-y-1 pl-6 text-[0.8125rem]">
            {reasons.slice(1).map((reason) => (
              <li key={reason}>{reason}</li>
            ))}
          </ul>
        )}
        <DecisionSteps steps={steps} />
      </div>
    </details>
  )
}

function outcomeText({ outcome, action }: Decision): string {
  if (outcome === 'skipped') return 'Not taken'
  return action === 'close' ? 'Closed' : 'Taken'
}
