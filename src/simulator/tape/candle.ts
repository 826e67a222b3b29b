/** One candle of a market: prices in the quote currency, `volume` in the base currency, `time` the opening in UTC epoch milliseconds. */
export interface Candle {
  readonly time: number
  readonly open: number
  readonly high: number
  readonly low: number
  readonly close: number
  readonly volume: number
}

/** The timeframes every tape can answer, in milliseconds. All of them are aligned to midnight UTC. */
export const timeframeMs = {
  '1m': 60_000,
  '3m': 180_000,
  '5m': 300_000,
  '15m': 900_000,
  '30m': 1_800_000,
  '1h': 3_600_000,
  '2h': 7_200_000,
  '4h': 14_400_000,
  '6h': 21_600_000,
  '8h': 28_800_000,
  '12h': 43_200_000,
  '1d': 86_400_000,
} as const

export type Timeframe = keyof typeof timeframeMs

/** Whether the text names a timeframe a tape can answer. */
export function isTimeframe(text: string): text is Timeframe {
  return Object.hasOwn(timeframeMs, text)
}

/** Merges candles, in time order, into the buckets of a longer timeframe. A bucket without candles is left out. */
export function aggregate(candles: Iterable<Candle>, bucketMs: number): Candle[] {
  const merged: Candle[] = []
  let bucket: { -readonly [K in keyof Candle]: Candle[K] } | undefined
  for (const candle of candles) {
    const time = Math.floor(candle.time / bucketMs) * bucketMs
    if (bucket === undefined || bucket.time !== time) {
      bucket = { ...candle, time }
      merged.push(bucket)
      continue
    }
    bucket.high = Math.max(bucket.high, candle.high)
    bucket.low = Math.min(bucket.low, candle.low)
    bucket.close = candle.close
    bucket.volume += candle.volume
  }
  return merged
}
