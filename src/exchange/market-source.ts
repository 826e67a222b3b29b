import { z } from 'zod'
import type { Candle, Timeframe } from '../domain/candle.ts'
import type { MarketFilters } from '../domain/market-filters.ts'

/** A symbol as a venue lists it: its own name for it, and what it accepts. */
export interface ListedSymbol {
  readonly venueSymbol: string
  readonly filters: MarketFilters
}

/** The best bid and ask of a symbol. */
export interface BestPrices {
  readonly bid: number
  readonly ask: number
}

/** A question to a venue's public API: its path, and how its answer is read. */
export interface Question<T> {
  readonly path: string
  /** Throws on an answer that is not of the venue's shape. */
  read(answer: unknown): T
}

/** The same question about every symbol at once; symbols in the answer are the venue's own names. */
export type QuestionOfAll<T> = Question<[venueSymbol: string, value: T][]>

/** How the public data of one market of a venue is asked for and read. */
export interface MarketSource {
  /** The venue's own address, for live and testnet accounts. */
  readonly address: string
  /** Taker fee of an account without discounts, as a ratio. */
  readonly takerFee: number
  readonly largestCandleRequest: number
  /** Between two requests of past candles: at most half of the address's weight goes to them. */
  readonly pastCandlesEveryMs: number
  readonly listing: Question<ListedSymbol[]>
  readonly prices: QuestionOfAll<number>
  readonly books: QuestionOfAll<BestPrices>
  readonly volumes: QuestionOfAll<number>
  candles(request: {
    readonly venueSymbol: string
    readonly timeframe: Timeframe
    readonly limit: number
    readonly fromMs?: number
  }): Question<Candle[]>
}

/** A number as venues write it: digits and a point, within what a double holds. */
const plainNumber = z
  .string()
  .regex(/^-?\d+(\.\d+)?$/, 'must be a plain decimal number')
  .transform(Number)
  .refine(Number.isFinite, 'is beyond every price')

/** A positive number written as text, as venues write prices. */
export const positiveText = plainNumber.refine((value) => value > 0, 'must be a positive number')

/** A number written as text that may be nothing. */
export const amountText = plainNumber.refine((value) => value >= 0, 'must be a number from 0 on')
