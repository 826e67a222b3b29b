/** The candle lengths that rules and feeds know. */
export type Timeframe = '1m' | '5m' | '15m' | '1h' | '4h' | '1d'

/** Length of a candle in milliseconds. */
export const timeframeMs: Readonly<Record<Timeframe, number>> = {
  '1m': 60_000,
  '5m': 300_000,
  '15m': 900_000,
  '1h': 3_600_000,
  '4h': 14_400_000,
  '1d': 86_400_000,
}

/** One candle: prices in quote, volume in base, the moment it opened in epoch milliseconds. */
export interface Candle {
  readonly openTimeMs: number
  readonly open: number
  readonly high: number
  readonly low: number
  readonly close: number
  readonly volume: number
}

/** Whether the candle's time is over at `nowMs` (market time). */
export function isClosed(candle: Candle, timeframe: Timeframe, nowMs: number): boolean {
  return candle.openTimeMs + timeframeMs[timeframe] <= nowMs
}
