import type { RecordedCandles } from '../recorded-candles.ts'
import type { BacktestRun } from '../result.ts'
import type { SummedRun } from '../summary/summary.ts'
import { ChartSampler } from './chart-sampler.ts'
import type { ChartSeries } from './chart-series.ts'
import { holdCurve } from './hold-curve.ts'

/**
 * A run with the curve of buy and hold, and the candles that its report draws. The candles are read once more for it, and only
 * a bounded number of them is kept.
 */
export async function chartedRun(
  outcome: BacktestRun,
  walked: readonly Pick<RecordedCandles, 'symbol' | 'stream'>[],
): Promise<{ readonly run: SummedRun; readonly charts: readonly ChartSeries[] }> {
  const sampler = new ChartSampler(outcome)
  const { from_ms, to_ms, capital } = outcome.settings
  for (const recorded of walked)
    for await (const { length, time, open, high, low, close } of recorded.stream())
      for (let i = 0; i < length; i++) {
        const at = time[i] as number
        if (at < from_ms || at >= to_ms) continue
        sampler.add(
          recorded.symbol,
          at,
          open[i] as number,
          high[i] as number,
          low[i] as number,
          close[i] as number,
        )
      }
  const charts = sampler.series()
  const times = outcome.equity.map(({ time_ms }) => time_ms)
  return { run: { ...outcome, hold: holdCurve(charts, times, capital) }, charts }
}
