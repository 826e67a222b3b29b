import type { Exchange, Market } from '../domain/market.ts'
import type { VenueCode } from '../errors.ts'
import type { KeyPermissions, VenueBalance, VenueMargin, VenueMovement } from './venue-order.ts'

/**
 * What an answer of the venue proves. `rejected`: not executed, and never will be as it is. `not-now`: not executed, the
 * same may be asked again. `duplicate`: an order with this client id is there already. `absent`: there is no such order.
 * `unchanged`: the setting was so already. Whatever is not on a venue's list proves nothing.
 */
export interface Meaning {
  readonly proves: 'rejected' | 'not-now' | 'duplicate' | 'absent' | 'unchanged'
  readonly code: VenueCode
  /** Whom a rate limit concerns. */
  readonly whose?: 'ip' | 'account'
  readonly advice?: string
}

/** A venue's raw answer: what a machine can read of it. */
export interface RawAnswer {
  readonly status: number
  /** The parsed body; undefined when it was no JSON. */
  readonly body: unknown
  readonly retryAfterMs: number | undefined
}

/** How stop orders that wait at the venue are asked for and read. */
export interface StopCard {
  /** What ccxt is told beside the id, so that it asks about conditional orders. */
  readonly ask: Readonly<Record<string, unknown>>
  /** Whether a stop's raw answer says that it has triggered, and the id of the order it became, when it names one. */
  readTrigger(raw: unknown): {
    readonly hasTriggered: boolean
    readonly becameVenueOrderId: string | undefined
  }
}

/** How one market of a venue is reached and read. */
export interface MarketCard {
  /** ccxt's `options` for this market. */
  readonly options: Readonly<Record<string, unknown>>
  /** ccxt's market type, for calls that are not about one symbol. */
  readonly type: 'spot' | 'swap'
  readonly hasReduceOnly: boolean
  readonly hasLeverage: boolean
  /** Where a stop can rest; undefined where the monitor protects alone. */
  readonly stops: StopCard | undefined
  /** How ccxt reaches the venue's sandbox. */
  readonly testnet: 'sandbox' | 'demo'
  /** Balances from the raw answer of ccxt's fetchBalance. */
  readBalances(raw: unknown): VenueBalance[]
  /** What moved without an execution, from the raw answer; absent where the venue does not tell. */
  readMovements?(raw: unknown, symbolOf: (id: string) => string): VenueMovement[]
  /** Weight a minute of one address, for everything that is asked there. */
  readonly weightPerMinute: number
  /** Margin from the same answer; undefined on markets without. */
  readMargin(raw: unknown): VenueMargin | undefined
}

/** What differs between venues, as data. */
export interface VenueCard {
  readonly exchange: Exchange
  readonly ccxtId: 'binance'
  readonly markets: Readonly<Partial<Record<Market, MarketCard>>>
  /** How long after its signed timestamp the venue takes an order. */
  readonly orderWindowMs: number
  /** The same for questions. */
  readonly readWindowMs: number
  /** How much a venue's clock may differ from what was measured, and how long a new order may stay invisible to reads. */
  readonly clockToleranceMs: number
  readonly readLagMs: number
  meaningOf(answer: RawAnswer): Meaning | undefined
  /** The venue's own words in its answer. */
  textOf(answer: RawAnswer): string | undefined
  /** What a key may do, from the raw answer; undefined when the question does not exist on this venue. */
  readPermissions(raw: unknown): KeyPermissions
}
