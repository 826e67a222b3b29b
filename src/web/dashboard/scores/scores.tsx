import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import type { SourceScores } from '../../api/scores.ts'
import { Empty } from '../parts/empty.tsx'
import { Failure } from '../parts/failure.tsx'
import { percent, share } from '../parts/format.ts'
import { Heading } from '../parts/heading.tsx'
import { Chevron } from '../parts/icons.tsx'
import { Panel } from '../parts/panel.tsx'
import { Waiting } from '../parts/waiting.tsx'
import { sourceName } from '../parts/words.ts'
import { ask } from '../shell/api.ts'
import { Reliability } from './reliability.tsx'
import { ScoreTable } from './score-table.tsx'

const spans = [7, 30, 90, 365]

/** How the sources did, and whether their confidence means anything. */
export default function ScoresPage() {
  const [days, setDays] = useState(30)
  const scores = useQuery({
    queryKey: ['scores', days],
    queryFn: () => ask<{ sources: SourceScores[] }>(`/scores?days=${days}`),
    staleTime: 60_000,
  })
  return (
    <>
      <Heading
        title="Does confidence mean anything?"
        aside={
          <label className="flex items-center gap-2 text-sm">
            Signals of the last
            <select
              value={days}
              onChange={(event) => setDays(Number(event.target.value))}
              className="h-9 rounded-lg border border-line bg-surface px-2"
            >
              {spans.map((span) => (
                <option key={span} value={span}>
                  {span} days
                </option>
              ))}
            </select>
          </label>
        }
      >
        Each signal is judged six hours after it was first said: right when its own target came before its
        stop, and else when the price had moved its way. Profit takes a fee of 0.1 % of each fill off the
        move. The Brier score is the mean squared distance between confidence and outcome: 0 is best, and
        saying 50 % every time is 0.25.
      </Heading>
      {scores.error ? (
        <Failure error={scores.error} />
      ) : scores.data === undefined ? (
        <Waiting rows={4} />
      ) : scores.data.sources.length === 0 ? (
        <Empty title="No signal has been judged yet">
          The first ones are judged six hours after they were said.
        </Empty>
      ) : (
        scores.data.sources.map((source) => <Source key={source.source} scores={source} />)
      )}
    </>
  )
}

const meanings: Readonly<Record<SourceScores['meaning'], string>> = {
  more: 'The surer it was, the more often it was right.',
  less: 'The surer it was, the less often it was right.',
  none: 'How sure it was made no difference beyond chance.',
  unknown: 'There are too few signals, or all of one confidence, to tell whether it means anything.',
}

function Source({ scores }: { scores: SourceScores }) {
  const { source, samples, hitRate, low, high, profit, brier, baseBrier, tenths, symbols, hours } = scores
  return (
    <Panel title={sourceName(source)}>
      <div className="space-y-4 px-4 pb-4 text-sm">
        <p>
          <strong className="font-semibold">{meanings[scores.meaning]}</strong> Right in {share(hitRate)} of{' '}
          {samples.toLocaleString()} signals (95 %: {share(low)} to {share(high)}), {percent(profit)} each
          after fees. Brier score {brier.toFixed(3)}; {baseBrier.toFixed(3)} for saying {share(hitRate)} every
          time.
        </p>
        <div className="grid items-start gap-4 lg:grid-cols-2">
          <Reliability tenths={tenths} />
          <ScoreTable
            caption={`${sourceName(source)} by confidence`}
            head="Confidence"
            rows={tenths.map((tenth) => ({ ...tenth, name: `${share(tenth.from)} – ${share(tenth.to)}` }))}
          />
        </div>
        <div className="grid items-start gap-4 lg:grid-cols-2">
          <More title="By symbol">
            <ScoreTable
              caption={`${sourceName(source)} by symbol`}
              head="Symbol"
              rows={symbols.map((row) => ({ ...row, name: row.symbol }))}
            />
          </More>
          <More title="By hour of the day (UTC)">
            <ScoreTable
              caption={`${sourceName(source)} by hour`}
              head="Hour"
              rows={hours.map((row) => ({ ...row, name: `${String(row.hour).padStart(2, '0')}:00` }))}
            />
          </More>
        </div>
      </div>
    </Panel>
  )
}

function More({ title, children }: { title: string; children: ReactNode }) {
  return (
    <details className="group min-w-0 rounded-lg border border-line px-3 py-2">
      <summary className="flex cursor-pointer items-center gap-2 text-sm font-medium">
        <Chevron className="size-3.5 text-muted transition-transform group-open:rotate-90" />
        {title}
      </summary>
      <div className="pt-2">{children}</div>
    </details>
  )
}
