import type { Candle } from '#src/simulator/tape/candle.ts'

/** What makes one market's candles look like another's. */
export interface CandleStatistics {
  readonly volatility: number // standard deviation of close-to-close log returns
  readonly kurtosis: number // 3 for a normal
  readonly clustering: number // autocorrelation of absolute returns, lag 1
  readonly memory: number // the same, lag 12
  readonly direction: number // autocorrelation of returns, lag 1
  readonly range: number // mean log(high/low) as a ratio of the volatility
  readonly volumeAnswers: number // correlation of |return| and log volume
}

/** The statistics of candles in time order. Without `cut`, one crash decides the volatility and kurtosis of a month. */
export function statisticsOf(candles: readonly Candle[], cut = Number.POSITIVE_INFINITY): CandleStatistics {
  const raw = candles
    .slice(1)
    .map((candle, index) => Math.log(candle.close / (candles[index] as Candle).close))
  const spread = Math.sqrt(mean(raw.map((value) => value ** 2)))
  const returns = raw.map((value) => Math.max(-cut * spread, Math.min(cut * spread, value)))
  const average = mean(returns)
  const variance = mean(returns.map((value) => (value - average) ** 2))
  const sizes = returns.map(Math.abs)
  const volumes = candles.slice(1).map(({ volume, close }) => Math.log(1 + volume * close))
  return {
    volatility: Math.sqrt(variance),
    kurtosis: mean(returns.map((value) => (value - average) ** 4)) / variance ** 2,
    clustering: correlation(sizes.slice(1), sizes.slice(0, -1)),
    memory: correlation(sizes.slice(12), sizes.slice(0, -12)),
    direction: correlation(returns.slice(1), returns.slice(0, -1)),
    range: mean(candles.map(({ high, low }) => Math.log(high / low))) / Math.sqrt(variance),
    volumeAnswers: correlation(sizes, volumes),
  }
}

export function mean(values: readonly number[]): number {
  let sum = 0
  for (const value of values) sum += value
  return sum / values.length
}

/** Pearson's correlation of two series of one length. */
export function correlation(left: readonly number[], right: readonly number[]): number {
  const [a, b] = [mean(left), mean(right)]
  let [ab, aa, bb] = [0, 0, 0]
  for (const [index, value] of left.entries()) {
    const [x, y] = [value - a, (right[index] as number) - b]
    ab += x * y
    aa += x * x
    bb += y * y
  }
  return ab / Math.sqrt(aa * bb)
}
