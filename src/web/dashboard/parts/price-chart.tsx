import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useContext, useState } from 'react'
import type { Candle } from '../../api/candles.ts'
import { ask } from '../shell/api.ts'
import type { PriceLevel, PriceMarker, PriceSteps } from './chart-marks.ts'
import { Empty } from './empty.tsx'
import { Failure } from './failure.tsx'
import { MarketNow } from './moment.tsx'
import { Panel } from './panel.tsx'

const CandleChart = lazy(() => import('./candle-chart.tsx'))

const timeframes = { '5m': 300_000, '1h': 3_600_000 } as const
type Timeframe = keyof typeof timeframes

interface PriceChartProps {
  readonly accountId: string
  readonly symbol: string
  /** What has to be on it, in market time; `toMs` undefined is now. */
  readonly fromMs: number
  readonly toMs?: number
  readonly levels: readonly PriceLevel[]
  readonly markers: readonly PriceMarker[]
  readonly steps: readonly PriceSteps[]
  readonly label: string
}

/** Candles shown before the span begins, and after it ends. */
const margins = { before: 40, after: 15 }

/** The candles of a symbol over a span, with a choice of their length. */
export function PriceChart({ accountId, symbol, fromMs, toMs, label, ...marks }: PriceChartProps) {
  const now = useContext(MarketNow)
  const spanMs = (toMs ?? now) - fromMs
  const [timeframe, setTimeframe] = useState<Timeframe>(spanMs > 300 * timeframes['5m'] ? '1h' : '5m')
  const candleMs = timeframes[timeframe]
  const query = new URLSearchParams({
    account: accountId,
    symbol,
    timeframe,
    limit: '1000',
    from: new Date(fromMs - margins.before * candleMs).toISOString(),
  })
  if (toMs !== undefined) query.set('to', new Date(toMs + margins.after * candleMs).toISOString())
  const candles = useQuery({
    queryKey: ['candles', query.toString()],
    queryFn: () => ask<{ items: Candle[] }>(`/candles?${query}`),
    refetchInterval: toMs === undefined ? 30_000 : false,
  })
  return (
    <Panel title="Price" aside={<TimeframeChoice chosen={timeframe} onChoose={setTimeframe} />}>
      <div className="h-72 px-2 pb-2 sm:h-96">
        {candles.error ? (
          <Failure error={candles.error} />
        ) : candles.data?.items.length === 0 ? (
          <div className="grid h-full place-items-center">
            <Empty title="No candle of this time is kept">
              Workers keep the candles of what is held and watched, from the moment they first look. Try the
              other length, or come back after the next candle has closed.
            </Empty>
          </div>
        ) : (
          candles.data && (
            <Suspense>
              <CandleChart candles={candles.data.items} label={label} {...marks} />
            </Suspense>
          )
        )}
      </div>
    </Panel>
  )
}

interface TimeframeChoiceProps {
  readonly chosen: Timeframe
  readonly onChoose: (timeframe: Timeframe) => void
}

function TimeframeChoice({ chosen, onChoose }: TimeframeChoiceProps) {
  return (
    <fieldset className="flex gap-0.5">
      <legend className="sr-only">Length of a candle</legend>
      {(Object.keys(timeframes) as Timeframe[]).map((each) => (
        <button
          key={each}
          type="button"
          aria-pressed={each === chosen}
          onClick={() => onChoose(each)}
          className="h-8 rounded-md px-2 text-xs font-medium text-muted hover:bg-raised aria-pressed:bg-accent-soft aria-pressed:text-accent"
        >
          {each}
        </button>
      ))}
    </fieldset>
  )
}
