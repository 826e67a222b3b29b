import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useMemo, useState } from 'react'
import type { EquityCurve, EquityRange } from '../../api/equity.ts'
import type { AccountOverview } from '../../api/overview.ts'
import { Empty } from '../parts/empty.tsx'
import { Failure } from '../parts/failure.tsx'
import { money, percent } from '../parts/format.ts'
import { Gain } from '../parts/gain.tsx'
import { Panel } from '../parts/panel.tsx'
import { ask } from '../shell/api.ts'

const EquityChart = lazy(() => import('./equity-chart.tsx'))

const ranges: readonly EquityRange[] = ['6h', '24h', '7d', '30d', 'all']

/** Equity over time. */
export function EquityPanel({
  account,
  className,
}: {
  account: AccountOverview | undefined
  className: string
}) {
  const [range, setRange] = useState<EquityRange>('24h')
  const curve = useQuery({
    queryKey: ['equity', account?.id, range],
    queryFn: () => ask<EquityCurve>(`/equity?account=${account?.id}&range=${range}`),
    enabled: account !== undefined,
    refetchInterval: 30_000,
  })
  const points = useMemo(() => withLatest(curve.data?.points, account), [curve.data, account])
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
      <div className="h-56 px-2 pb-2 sm:h-72">
        {curve.error ? (
          <Failure error={curve.error} />
        ) : points && points.length < 2 ? (
          <div className="grid h-full place-items-center">
            <Empty title="The curve starts with the second snapshot">
              Bullpen takes one a minute; there is nothing to do.
            </Empty>
          </div>
        ) : (
          points && (
            <Suspense>
              <EquityChart points={points} label={describe(points, account)} />
            </Suspense>
          )
        )}
      </div>
    </Panel>
  )
}

export interface EquityPoint {
  readonly atMs: number
  readonly equity: number
}

/** The curve together with the newest snapshot, which the stream brings before the curve is asked for again. */
function withLatest(points: EquityCurve['points'] | undefined, account: AccountOverview | undefined) {
  if (!points || !account) return undefined
  const all: EquityPoint[] = points.map(({ at, equity }) => ({
    atMs: Date.parse(at),
    equity: Number(equity),
  }))
  const latest = account.equityMarketAt ? Date.parse(account.equityMarketAt) : 0
  if (account.equity !== null && latest > (all.at(-1)?.atMs ?? 0))
    all.push({ atMs: latest, equity: Number(account.equity) })
  return all
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

function describe(points: readonly EquityPoint[], account: AccountOverview | undefined): string {
  const first = points[0]?.equity ?? 0
  const last = points.at(-1)?.equity ?? 0
  const change = first === 0 ? 0 : last / first - 1
  return `Equity from ${money(first)} to ${money(last)} ${account?.quote ?? ''}, ${percent(change)}`
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
