import type { Timeframe } from '../../candles/timeframe.ts'
import type { Candle } from './candle.ts'
import { openReplay } from './replay.ts'
import { syntheticTape } from './synthetic.ts'

/** How a market's numbers are written: decimals of its prices and of its quantities. */
export interface Listing {
  readonly symbol: string // 'BTC/USDT'
  readonly base: string
  readonly quote: string
  readonly priceDecimals: number
  readonly quantityDecimals: number
}

/** The last price of a market from `time` on. */
export interface PricePoint {
  readonly time: number
  readonly price: number
}

/** Which candles are wanted, by opening time, both ends included. With `fromMs` the first `limit` of them, without it the last. */
export interface CandleQuery {
  readonly timeframe: Timeframe
  readonly fromMs?: number
  readonly toMs?: number
  readonly limit: number
}

/** The prices of a market over market time (UTC epoch milliseconds): what has been, and what comes. */
export interface Tape {
  readonly source: 'synthetic' | 'replay'
  /** Names this very market: two tapes with the same identity have the same prices at the same times. */
  readonly identity: string
  readonly listings: readonly Listing[]
  /** Where the market clock begins when nothing is remembered from an earlier run. */
  readonly startsAt: number
  /** Where the market clock stops for good; Infinity when it never does. */
  readonly endsAt: number
  /** Market seconds per wall second. */
  readonly speed: number
  /** The last price at a time. */
  priceAt(symbol: string, marketMs: number): number
  /** Every price after `afterMs` up to and including `untilMs`, in order: no candle's high or low is left out. */
  pointsBetween(symbol: string, afterMs: number, untilMs: number): Iterable<PricePoint>
  /** Candles as they stand at `nowMs`: the one still forming is included, nothing later is. */
  candles(symbol: string, query: CandleQuery, nowMs: number): Candle[]
}

export interface TapeOptions {
  readonly seed: number
  readonly speed: number // of a replay; the synthetic market always runs at 1
  readonly nowMs: number // wall time, where the synthetic market starts
}

/**
 * Opens the tape that MARKET_DATA names: `synthetic`, or `replay:<csv>,<csv>…`.
 * A bad file, name or combination throws an Error with one line that says which and why.
 */
export function openTape(marketData: string, options: TapeOptions): Tape {
  if (marketData === 'synthetic') return syntheticTape(options.seed, options.nowMs)
  if (!marketData.startsWith('replay:')) {
    throw new Error(`MARKET_DATA "${marketData}" is neither "synthetic" nor "replay:<csv>,…"`)
  }
  const paths = marketData
    .slice('replay:'.length)
    .split(',')
    .map((path) => path.trim())
    .filter((path) => path !== '')
  return openReplay(paths, options.speed)
}
