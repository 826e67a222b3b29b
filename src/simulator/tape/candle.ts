/** One candle of a market: prices in the quote currency, `volume` in the base currency, `time` the opening in UTC epoch milliseconds. */
export interface Candle {
  readonly time: number
  readonly open: number
  readonly high: number
  readonly low: number
  readonly close: number
  readonly volume: number
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
