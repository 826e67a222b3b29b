import { type Candle, type Timeframe, timeframeMs } from '../../domain/candle.ts'
import type { Appetite, StrategyContext } from '../../domain/strategies/strategy.ts'

/** What a strategy says of itself: whose closes it wants to hear of, and how far it looks back. */
export interface StrategyLengths {
  readonly timeframe: Timeframe
  readonly warmup: number
  readonly history: Appetite
}

/** Closed candles of each length, oldest first. */
export type ClosedCandles = Readonly<Partial<Record<Timeframe, readonly Candle[]>>>

/** No venue gives more candles at a time. */
const mostCandles = 1_000

/** How many closed candles of each length have to be read so that the whole of a warm-up can be shown. */
export function reachOf({ timeframe, warmup, history }: StrategyLengths): Appetite {
  const warmupMs = warmup * timeframeMs[timeframe]
  const reach = Object.entries(history).map(([length, count]) => [
    length,
    Math.min(mostCandles, count + Math.ceil(warmupMs / timeframeMs[length as Timeframe])),
  ])
  return Object.fromEntries(reach)
}

/**
 * What a strategy sees at each close of its timeframe after `afterMs` (the opening time of the last candle it was shown):
 * the candle, and of each length of its history the candles that had closed by then. Nothing of a context lies after it.
 */
export function* contextsOf(
  symbol: string,
  { timeframe, history }: StrategyLengths,
  candles: ClosedCandles,
  afterMs: number,
): Generator<StrategyContext> {
  const lengths = Object.entries(history) as [Timeframe, number][]
  const closed = new Map<Timeframe, number>()
  for (const candle of candles[timeframe] ?? []) {
    if (candle.openTimeMs <= afterMs) continue
    const nowMs = candle.openTimeMs + timeframeMs[timeframe]
    const lists: Partial<Record<Timeframe, readonly Candle[]>> = {}
    for (const [length, count] of lengths) {
      const all = candles[length] ?? []
      let end = closed.get(length) ?? 0
      while (end < all.length && (all[end] as Candle).openTimeMs + timeframeMs[length] <= nowMs) end++
      closed.set(length, end)
      lists[length] = all.slice(Math.max(0, end - count), end)
    }
    yield { symbol, nowMs, candle, candles: lists }
  }
}
