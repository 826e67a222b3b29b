import { lazy, Suspense } from 'react'
import type { WholeBacktest } from '../../api/backtest-answers.ts'
import { percent } from '../parts/format.ts'
import { Panel } from '../parts/panel.tsx'

const CurvesChart = lazy(() => import('./curves-chart.tsx'))

/** Colours of the runs of a comparison, by their tokens; the first is the page's own. */
const curveColours = ['--accent', '--warn', '--up', '--down'] as const
const dots = ['bg-accent', 'bg-warn', 'bg-up', 'bg-down'] as const

/** Equity beside buying and holding, and how far below its peak; several runs as what became of the same capital. */
export function CurvesPanel({ runs }: { runs: readonly WholeBacktest[] }) {
  const lines = runs.flatMap(({ name, curve, terms, figures }, i) =>
    curve && figures
      ? [{ name, curve, capital: terms.capital, figures, colour: curveColours[i] ?? '--accent' }]
      : [],
  )
  const hold = lines.length === 1 ? lines[0]?.figures.holdRatio : undefined
  const label = lines
    .map(
      ({ name, figures }) =>
        `${name}: ${percent(figures.profitRatio ?? 0)}, at worst ${percent(-figures.maxDrawdown)}`,
    )
    .join('; ')
  return (
    <Panel title="Equity and drawdown">
      <ul className="flex flex-wrap gap-x-5 gap-y-1 px-4 text-xs text-muted">
        {lines.map(({ name, figures }, i) => (
          <li key={name} className="flex items-center gap-1.5">
            <span aria-hidden="true" className={`inline-block h-0.5 w-4 ${dots[i] ?? 'bg-accent'}`} />
            {lines.length === 1 ? 'Account' : name}: {percent(figures.profitRatio ?? 0)}
          </li>
        ))}
        {hold !== undefined && hold !== null && (
          <li className="flex items-center gap-1.5">
            <span aria-hidden="true" className="inline-block h-0.5 w-4 bg-muted" />
            Bought and held: {percent(hold)}
          </li>
        )}
      </ul>
      <div className="h-80 px-2 pb-2">
        <Suspense fallback={<div className="m-2 h-72 animate-pulse rounded-lg bg-raised" />}>
          <CurvesChart lines={lines} label={label} />
        </Suspense>
      </div>
    </Panel>
  )
}
