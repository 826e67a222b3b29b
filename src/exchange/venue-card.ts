import type { Exchange, Market, Mode } from '../domain/market.ts'
import type { MarketCalls } from './market-calls.ts'
import type { Meaning, RawAnswer } from './meaning.ts'
import type { RateLimit } from './rate-limit.ts'
import type { VenueClient } from './venue-class.ts'
import type { KeyPermissions } from './venue-order.ts'

/** The rule of the ids that we give to orders. */
export interface ClientIdRule {
  /** What the venue takes. Ours are 32 lower-case hexadecimal characters. */
  readonly pattern: RegExp
  /** Among which orders an id must be new. Where only open ones count, the same id sent again doubles a filled order. */
  readonly isUniqueAmong: 'open' | 'all'
  /** Whether one question answers for open and ended orders, or the lists of both are searched. */
  readonly lookUp: 'one-question' | 'open-then-closed'
}

/** For how long a venue tells about orders that have ended, ms; Infinity for ever. */
export interface Memory {
  readonly filledMs: number
  readonly unfilledMs: number
}

/** How one market of a venue is reached and read, and what it can do. */
export interface MarketCard {
  /** ccxt's `options` for this market. */
  readonly options: Readonly<Record<string, unknown>>
  readonly calls: MarketCalls
  readonly clientIds: ClientIdRule
  readonly hasReduceOnly: boolean
  readonly hasLeverage: boolean
  /** Whether long and short may be held side by side; accounts are always set to one position a symbol. */
  readonly hasHedgeMode: boolean
  /** Whether a stop can rest at the venue for us: reduce-only, so that it locks nothing; elsewhere the monitor protects alone. */
  readonly hasStops: boolean
  /** What an entry can carry with it: its stop-loss, from the first fill on. */
  readonly hasAttachedStop: boolean
  /** What a market buy may be sized in. */
  readonly marketBuyIn: readonly ('base' | 'quote')[]
  readonly memory: Memory
  /** How ccxt reaches the venue's own rehearsal; undefined where it has none. */
  readonly testnet: 'sandbox' | 'demo' | undefined
  /** Weight a minute of one address, for everything that is asked there. */
  readonly weightPerMinute: number
  /** What may be asked, of one address and of one account. */
  readonly limits: readonly RateLimit[]
}

/**
 * What differs between venues, as data and as calls. A venue is one card under `venues/`, listed in venue-cards.ts, and
 * one source of its public data, listed in market-sources.ts; nothing else in the program asks which venue it talks to.
 */
export interface VenueCard {
  readonly exchange: Exchange
  /** The name of its class in ccxt. */
  readonly ccxtId: 'binance' | 'bybit' | 'kraken'
  readonly markets: Readonly<Partial<Record<Market, MarketCard>>>
  /**
   * How long after its signed moment the venue takes an order; undefined where no expiry is proven, and an order that was
   * sent may be executed much later.
   */
  readonly orderWindowMs: number | undefined
  /** How much a venue's clock may differ from what was measured, and how long a new order may stay invisible to reads. */
  readonly clockToleranceMs: number
  readonly readLagMs: number
  /** `increasing`: the venue takes each number of a key once, and never a smaller one later. */
  readonly nonce: 'time' | 'increasing'
  /** Whether the body of a successful answer is whole: an object of another shape would read like an empty list. */
  isAnswer(body: object): boolean
  meaningOf(answer: RawAnswer): Meaning | undefined
  /** The venue's own words in its answer. */
  textOf(answer: RawAnswer): string | undefined
  /** What the key may do; where the venue has no such question, what it takes and refuses instead. */
  keyPermissions(venue: VenueClient, mode: Mode): Promise<KeyPermissions>
}
