import { useQuery } from '@tanstack/react-query'
import type { Backtest, WholeBacktest } from '../../api/backtest-answers.ts'
import { buttonLook } from '../parts/button.tsx'
import { Chip } from '../parts/chip.tsx'
import { Failure } from '../parts/failure.tsx'
import { Heading } from '../parts/heading.tsx'
import { Panel } from '../parts/panel.tsx'
import { Waiting } from '../parts/waiting.tsx'
import { ask } from '../shell/api.ts'
import { go, useHere } from '../shell/router.tsx'
import { CurvesPanel } from './curves.tsx'
import { FigureTiles } from './figure-tiles.tsx'
import { Groups } from './groups.tsx'
import { Progress } from './progress.tsx'
import { RunActions } from './run-actions.tsx'
import { RunSettings } from './run-settings.tsx'
import { RunTrades } from './run-trades.tsx'
import { isUnderWay, runFacts, stateWords } from './words.ts'

const within = { path: '/backtests', title: 'Backtests' }

/** One run: how far it is, or all that came of it. */
export default function RunPage() {
  const { params } = useHere()
  const id = params.id ?? ''
  const run = useQuery({
    queryKey: ['backtests', id],
    queryFn: () => ask<WholeBacktest>(`/backtests/${encodeURIComponent(id)}`),
    staleTime: 0,
    refetchInterval: ({ state }) => (state.data && isUnderWay(state.data) ? 1_000 : false),
  })
  if (run.error)
    return (
      <>
        <Heading title="Backtest" within={within} />
        <Failure error={run.error} />
      </>
    )
  if (!run.data)
    return (
      <>
        <Heading title="Backtest" within={within} />
        <Waiting rows={6} />
      </>
    )
  return <Run run={run.data} />
}

function Run({ run }: { run: WholeBacktest }) {
  const { word, tone } = stateWords[run.state]
  return (
    <>
      <Heading
        title={run.name}
        within={within}
        aside={
          <div className="flex flex-wrap items-center gap-2">
            {run.state === 'done' && (
              <a
                href={`/api/v1/backtests/${run.id}/report`}
                target="_blank"
                rel="noreferrer"
                className={buttonLook('plain')}
              >
                Whole report<span className="sr-only"> (opens in a new tab)</span>
              </a>
            )}
            <RunActions run={run} onRemoved={() => go('/backtests')} />
          </div>
        }
      >
        <Chip tone={tone}>{word}</Chip> {runFacts(run)}.
      </Heading>
      {run.state === 'failed' && (
        <div role="alert" className="rounded-lg bg-down-soft px-4 py-3 text-sm text-down">
          <strong className="font-semibold">{run.reason}.</strong> {run.advice}
        </div>
      )}
      {isUnderWay(run) && (
        <Panel title="Progress">
          <div className="px-4 pb-4">
            <Progress run={run} />
            <p className="mt-2 text-sm text-muted">
              It goes on when this page is left, and begins anew when its worker is lost.
            </p>
          </div>
        </Panel>
      )}
      {run.figures && run.curve && <Outcome run={run} figures={run.figures} />}
      <RunSettings run={run} />
    </>
  )
}

function Outcome({ run, figures }: { run: WholeBacktest; figures: NonNullable<Backtest['figures']> }) {
  return (
    <>
      {run.notes.length > 0 && (
        <ul className="list-disc space-y-1 rounded-lg bg-warn-soft py-3 pr-4 pl-8 text-sm text-warn">
          {run.notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
      <FigureTiles figures={figures} quote={run.terms.quote} />
      <CurvesPanel runs={[run]} />
      <Groups run={run} />
      <RunTrades id={run.id} total={figures.trades} />
    </>
  )
}
