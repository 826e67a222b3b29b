import { useQueries } from '@tanstack/react-query'
import { lazy, Suspense, useMemo, useState } from 'react'
import type { EquityCurve, EquityRange } from '../../api/equity.ts'
import { Empty } from '../parts/empty.tsx'
import { Failure } from '../parts/failure.tsx'
import { money, percent } from '../parts/format.ts'
import { Gain } from '../parts/gain.tsx'
import { Panel } from '../parts/panel.tsx'
import type { ShownAccount } from '../shell/account-group.ts'
import { ask } from '../shell/api.ts'
import { drawdownOf, type EquityPoint, sumOf, withLatest } from './equity-curve.ts'

const EquityChart = lazy(() => import('./equity-chart.tsx'))

const ranges: readonly EquityRange[] = ['6h', '24h', '7d', '30d', 'all']

interface EquityPanelProps {
  readonly account: ShownAccount | undefined
  readonly className: string
}

/** Equity over time, and below it how far it lay under its peak. */
export function EquityPanel({ account, className }: EquityPanelProps) {
  const [range, setRange] = useState<EquityRange>('24h')
  const { points, error } = useCurve(account, range)
  const drawdown = useMemo(() => drawdownOf(points ?? []), [points])
  return (
    <Panel
      title="Equity"
      className={className}
      aside={
        <div className="flex items-center gap-4">
          <Change points={points} />
          <RangeChoice range={range} onChoose={setRange} />
        </div>
      }
    >
      <Drawdown ratios={drawdown.map(({ ratio }) => ratio)} />
      <div className="h-56 px-2 pb-2 sm:h-72">
        {error ? (
          <Failure error={error} />
        ) : points && points.length < 2 ? (
          <div className="grid h-full place-items-center">
            <Empty title="The curve starts with the second snapshot">
              Bullpen takes one a minute; there is nothing to do.
            </Empty>
          </div>
        ) : (
          points && (
            <Suspense>
              <EquityChart
                points={points}
                drawdown={drawdown}
                label={describe(points, account?.quote ?? '')}
              />
            </Suspense>
          )
        )}
      </div>
    </Panel>
  )
}

/** The curve of an account, or of all members of a group as one. */
function useCurve(
  account: ShownAccount | undefined,
  range: EquityRange,
): { readonly points: EquityPoint[] | undefined; readonly error: Error | null } {
  const members = account?.members ?? []
  const { curves, error, isComplete } = useQueries({
    queries: members.map(({ id }) => ({
      queryKey: ['equity', id, range],
      queryFn: () => ask<EquityCurve>(`/equity?account=${id}&range=${range}`),
      refetchInterval: 30_000,
    })),
    combine: (results) => ({
      curves: results.map(({ data }) => data?.points),
      error: results.find((result) => result.error)?.error ?? null,
      isComplete: results.length > 0 && results.every(({ data }) => data !== undefined),
    }),
  })
  const points = useMemo(
    () =>
      isComplete ? sumOf(members.map((member, index) => withLatest(curves[index] ?? [], member))) : undefined,
    [curves, isComplete, members],
  )
  return { points, error }
}

/** What the range gained or lost; a narrow screen has no room for it. */
function Change({ points }: { points: readonly EquityPoint[] | undefined }) {
  const first = points?.[0]?.equity
  const last = points?.at(-1)?.equity
  if (!first || last === undefined) return null
  return (
    <Gain
      value={`${last - first}`}
      ratio={last / first - 1}
      className="hidden text-sm font-medium sm:inline"
    />
  )
}

/** How far below the range's peak it is now, and was at most. */
function Drawdown({ ratios }: { ratios: readonly number[] }) {
  const now = ratios.at(-1) ?? 0
  const deepest = Math.min(0, ...ratios)
  return (
    <p className="min-h-5 px-4 text-xs text-muted">
      {ratios.length > 1 &&
        `Drawdown ${percent(now)} from the peak of this range, ${percent(deepest)} at its deepest`}
    </p>
  )
}

function describe(points: readonly EquityPoint[], quote: string): string {
  const first = points[0]?.equity ?? 0
  const last = points.at(-1)?.equity ?? 0
  const change = first === 0 ? 0 : last / first - 1
  return `Equity from ${money(first)} to ${money(last)} ${quote}, ${percent(change)}`
}

function RangeChoice({ range, onChoose }: { range: EquityRange; onChoose: (range: EquityRange) => void }) {
  return (
    <fieldset className="flex gap-0.5">
      <legend className="sr-only">Range of the chart</legend>
      {ranges.map((each) => (
        <button
          key={each}
          type="button"
          aria-pressed={each === range}
          onClick={() => onChoose(each)}
          className="h-8 rounded-md px-2 text-xs font-medium text-muted hover:bg-raised aria-pressed:bg-accent-soft aria-pressed:text-accent"
        >
          {each}
        </button>
      ))}
    </fieldset>
  )
}
