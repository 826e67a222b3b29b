import { timeframeMs } from '../../candles/timeframe.ts'
import { aggregate, type Candle } from './candle.ts'
import { formed, indexAt } from './candle-path.ts'
import type { CandleQuery } from './tape.ts'

/** A symbol's candles of one timeframe, in time order. */
export interface Series {
  readonly stepMs: number
  readonly candles: readonly Candle[]
}

export interface Recording {
  readonly base: Series // the shortest timeframe: the tape itself
  readonly longer: readonly Series[] // only history for slow candles, shortest first
  readonly priceDecimals: number
  readonly quantityDecimals: number
}

/** A symbol's candles as they stand at `nowMs`. */
export function candlesOf(recording: Recording, query: CandleQuery, nowMs: number): Candle[] {
  const bucketMs = timeframeMs[query.timeframe]
  const usable = [recording.base, ...recording.longer].filter(
    ({ stepMs }) => stepMs <= bucketMs && bucketMs % stepMs === 0,
  )
  const latest = Math.floor(Math.min(query.toMs ?? nowMs, nowMs) / bucketMs) * bucketMs
  const step = query.fromMs === undefined ? -bucketMs : bucketMs
  const oldest = Math.min(...usable.map(({ candles }) => (candles[0] as Candle).time))
  const earliest = Math.floor(Math.max(query.fromMs ?? 0, oldest) / bucketMs) * bucketMs
  const first = query.fromMs === undefined ? latest : earliest < query.fromMs ? earliest + bucketMs : earliest
  const found: Candle[] = []
  for (let time = first; time >= earliest && time <= latest && found.length < query.limit; time += step) {
    const candle = bucketAt(usable, time, bucketMs, nowMs, recording.priceDecimals)
    if (candle !== undefined) found.push(candle)
  }
  return step < 0 ? found.reverse() : found
}

/** One candle from the shortest series that knows the whole bucket, else from the one that knows any of it. */
function bucketAt(
  usable: readonly Series[],
  time: number,
  bucketMs: number,
  nowMs: number,
  decimals: number,
): Candle | undefined {
  let partial: Candle | undefined
  for (const [rank, { stepMs, candles }] of usable.entries()) {
    const inside: Candle[] = []
    const start = indexAt(candles, time - 1) + 1
    for (let index = start; index < candles.length; index++) {
      const candle = candles[index] as Candle
      if (candle.time >= time + bucketMs || candle.time > nowMs) break
      // A longer candle that is still forming would tell the future: only the tape itself may be seen unfinished.
      if (rank > 0 && candle.time + stepMs > nowMs) break
      inside.push(rank === 0 ? formed(candle, stepMs, nowMs, decimals) : candle)
    }
    const merged = aggregate(inside, bucketMs)[0]
    if (merged === undefined) continue
    if ((candles[0] as Candle).time <= time) return merged
    partial ??= merged
  }
  return partial
}
