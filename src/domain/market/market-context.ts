import type { Candle, Timeframe } from '../candle.ts'

/**
 * What a strategy may look at: one symbol's candles, oldest first, closed ones only unless `forming` names the timeframes
 * whose last candle is still being made.
 */
export interface MarketContext {
  readonly symbol: string
  /** Market time in epoch milliseconds. */
  readonly nowMs: number
  readonly candles: Readonly<Partial<Record<Timeframe, readonly Candle[]>>>
  /** (ask − bid) / mid; undefined when the book is not known. */
  readonly spread?: number
  readonly forming?: readonly Timeframe[]
}

/** The symbol's candles of a length; none is an empty list. */
export function candlesOf(context: MarketContext, timeframe: Timeframe): readonly Candle[] {
  return context.candles[timeframe] ?? []
}

/** The candles of a length that are over. */
export function closedCandlesOf(context: MarketContext, timeframe: Timeframe): readonly Candle[] {
  const candles = candlesOf(context, timeframe)
  return context.forming?.includes(timeframe) ? candles.slice(0, -1) : candles
}

/** The newest candle of a length that is over; undefined when there is none. */
export function lastClosedOf(context: MarketContext, timeframe: Timeframe): Candle | undefined {
  return candlesOf(context, timeframe).at(context.forming?.includes(timeframe) ? -2 : -1)
}
