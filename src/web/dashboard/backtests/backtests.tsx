import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Backtest } from '../../api/backtest-answers.ts'
import { buttonLook } from '../parts/button.tsx'
import { Empty } from '../parts/empty.tsx'
import { Failure } from '../parts/failure.tsx'
import { Heading } from '../parts/heading.tsx'
import { MarketNow } from '../parts/moment.tsx'
import { Panel } from '../parts/panel.tsx'
import { Waiting } from '../parts/waiting.tsx'
import { ask } from '../shell/api.ts'
import { Link } from '../shell/link.tsx'
import { useMarketNow } from '../shell/live.ts'
import { BacktestForm } from './form.tsx'
import { RunRow } from './run-row.tsx'
import { isUnderWay } from './words.ts'

/** As many as are kept. */
const shown = 50
const mostCompared = 4

/** The caller's runs, and a form for the next one. */
export default function BacktestsPage() {
  const runs = useQuery({
    queryKey: ['backtests'],
    queryFn: () => ask<{ items: Backtest[] }>(`/backtests?limit=${shown}`),
    staleTime: 0,
    refetchInterval: ({ state }) => (state.data?.items.some(isUnderWay) ? 1_000 : 30_000),
  })
  const [chosen, setChosen] = useState<readonly string[]>([])
  const now = useMarketNow(undefined, 0)
  const choose = (id: string, isChosen: boolean) =>
    setChosen((before) => [...before.filter((one) => one !== id), ...(isChosen ? [id] : [])])
  const items = runs.data?.items
  return (
    <MarketNow value={now}>
      <Heading title="Backtests">
        The rules that trade live, with your settings, over past candles. What earned in the past need not
        earn again; what lost every month seldom stops.
      </Heading>
      <div className="grid items-start gap-3 sm:gap-4 lg:grid-cols-5">
        <BacktestForm className="lg:col-span-2" />
        <Panel
          title="Runs"
          className="lg:col-span-3"
          aside={items !== undefined && items.length > 1 && <CompareLink chosen={chosen} />}
        >
          {runs.error ? (
            <Failure error={runs.error} />
          ) : items === undefined ? (
            <Waiting rows={4} />
          ) : items.length === 0 ? (
            <Empty title="No backtest yet">
              Press Run: your own settings over the last 30 days are filled in already.
            </Empty>
          ) : (
            <ul className="divide-y divide-line border-t border-line">
              {items.map((run) => (
                <li key={run.id}>
                  <RunRow
                    run={run}
                    isChosen={chosen.includes(run.id)}
                    canChoose={
                      run.state === 'done' && (chosen.includes(run.id) || chosen.length < mostCompared)
                    }
                    onChoose={(isChosen) => choose(run.id, isChosen)}
                  />
                </li>
              ))}
            </ul>
          )}
        </Panel>
      </div>
    </MarketNow>
  )
}

function CompareLink({ chosen }: { chosen: readonly string[] }) {
  if (chosen.length < 2) return <span className="text-xs text-muted">Tick two to compare them</span>
  return (
    <Link to={`/backtests/compare?runs=${chosen.join(',')}`} className={buttonLook('plain')}>
      Compare {chosen.length}
    </Link>
  )
}
