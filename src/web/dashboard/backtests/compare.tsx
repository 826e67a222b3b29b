import { useQueries } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import type { WholeBacktest } from '../../api/backtest-answers.ts'
import { Empty } from '../parts/empty.tsx'
import { Failure } from '../parts/failure.tsx'
import { Heading } from '../parts/heading.tsx'
import { Panel } from '../parts/panel.tsx'
import { Waiting } from '../parts/waiting.tsx'
import { ask } from '../shell/api.ts'
import { Link } from '../shell/link.tsx'
import { useHere } from '../shell/router.tsx'
import { CurvesPanel } from './curves.tsx'
import { figureRows } from './figure-tiles.tsx'
import { runFacts } from './words.ts'

const mostCompared = 4

/** Two to four runs beside each other: the same figures, and their curves in one picture. */
export default function ComparePage() {
  const { search } = useHere()
  const ids = (search.get('runs') ?? '')
    .split(',')
    .filter((id) => id !== '')
    .slice(0, mostCompared)
  const runs = useQueries({
    queries: ids.map((id) => ({
      queryKey: ['backtests', id],
      queryFn: () => ask<WholeBacktest>(`/backtests/${encodeURIComponent(id)}`),
    })),
  })
  return (
    <>
      <Heading title="Compare backtests" within={{ path: '/backtests', title: 'Backtests' }}>
        The same figures side by side. Runs over different times or symbols met different markets.
      </Heading>
      {ids.length < 2 ? (
        <Empty
          title="Nothing to compare"
          action={
            <Link to="/backtests" className="font-medium text-accent underline-offset-4 hover:underline">
              Choose runs
            </Link>
          }
        >
          Tick two to four finished runs on the list, and press Compare.
        </Empty>
      ) : (
        <Loaded found={runs} />
      )}
    </>
  )
}

interface Found {
  readonly data: WholeBacktest | undefined
  readonly error: Error | null
}

function Loaded({ found }: { found: readonly Found[] }): ReactNode {
  const failure = found.find(({ error }) => error !== null)
  if (failure) return <Failure error={failure.error} />
  const runs = found.flatMap(({ data }) => (data ? [data] : []))
  if (runs.length < found.length) return <Waiting rows={6} />
  const done = runs.filter(({ figures }) => figures !== null)
  if (done.length < 2) return <Empty title="They are not done">Compare them when at least two are.</Empty>
  return (
    <>
      <CurvesPanel runs={done} />
      <Panel title="Figures">
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls is reached with the keyboard, too */}
        <section aria-label="Figures of the runs" tabIndex={0} className="overflow-x-auto">
          <table className="w-full text-sm">
            <caption className="sr-only">Figures of the runs, side by side</caption>
            <thead>
              <tr className="align-bottom">
                <th scope="col" className="px-4 py-2 text-left text-xs font-medium text-muted">
                  Figure
                </th>
                {done.map((run) => (
                  <th
                    key={run.id}
                    scope="col"
                    className="min-w-28 px-3 py-2 text-right font-semibold sm:min-w-40 sm:px-4"
                  >
                    <Link to={`/backtests/${run.id}`} className="underline-offset-4 hover:underline">
                      {run.name}
                    </Link>
                    <span className="mt-0.5 block text-xs font-normal text-muted max-sm:hidden">
                      {runFacts(run)}
                    </span>
                  </th>
                ))}
              </tr>
            </thead>
            <tbody className="divide-y divide-line border-t border-line">
              {figureRows.map(({ name, meaning, show }) => (
                <tr key={name}>
                  <th scope="row" className="px-4 py-2 text-left font-medium whitespace-nowrap">
                    {name}{' '}
                    <span className="block text-xs font-normal text-muted max-sm:hidden">{meaning}</span>
                  </th>
                  {done.map(({ id, figures }) => (
                    <td key={id} className="px-3 py-2 text-right tabular-nums sm:px-4">
                      {figures && show(figures)}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      </Panel>
    </>
  )
}
