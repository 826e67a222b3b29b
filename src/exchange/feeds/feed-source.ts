import type { Candle, Timeframe } from '#src/domain/candle.ts'
import type { MarketFilters } from '#src/domain/market-filters.ts'

/** A symbol as one venue names it, with what it accepts. */
export interface Listing {
  /** The venue's own name: BTCUSDT. */
  readonly wire: string
  readonly filters: MarketFilters
}

/** Public data of one venue's market, as it comes. Failures are VenueUnavailable. */
export interface FeedSource {
  /** Taker fee of an account without discounts, as a ratio. */
  readonly takerFee: number
  /** The most candles one request gives. */
  readonly maxCandles: number
  listings(): Promise<Listing[]>
  /** Last prices by wire name, all in one request. */
  prices(): Promise<Map<string, number>>
  /** Quote volume of the last 24 h by wire name. */
  volumes(): Promise<Map<string, number>>
  /** Best bid and ask. */
  best(wire: string): Promise<{ bid: number; ask: number }>
  /** Candles from `fromMs` on, or the last ones, the forming one included. */
  candles(wire: string, timeframe: Timeframe, range: { fromMs?: number; limit: number }): Promise<Candle[]>
  close(): Promise<void>
}
