import type { CurvePoint } from '../summary/curve.ts'
import type { ChartSeries } from './chart-series.ts'

/**
 * What the capital would be worth at each of the times, had each symbol been bought with an equal part of it at its first open: from
 * the closes of the charts' candles, so as exact in time as these are long. Empty without charts.
 */
export function holdCurve(
  charts: readonly ChartSeries[],
  times: readonly number[],
  capital: number,
): CurvePoint[] {
  const growths = charts.filter(({ candles }) => candles.length > 0).map(growthOf)
  if (growths.length === 0) return []
  return times.map((time_ms) => {
    const sum = growths.reduce((total, growthAt) => total + growthAt(time_ms), 0)
    return { time_ms, equity: (capital * sum) / growths.length }
  })
}

/** Close ÷ first open at times that only go forward. */
function growthOf({ candles, interval_ms }: ChartSeries): (timeMs: number) => number {
  const first = candles[0]?.open ?? 1
  let next = 0
  let growth = 1
  return (timeMs) => {
    for (
      let candle = candles[next];
      candle && candle.time_ms + interval_ms <= timeMs;
      candle = candles[next]
    ) {
      growth = candle.close / first
      next += 1
    }
    return growth
  }
}
