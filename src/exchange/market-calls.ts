import type { DecimalText } from '../domain/decimal.ts'
import type { OrderType } from '../domain/order.ts'
import type { OrderRequest } from './order-request.ts'
import type { VenueClient } from './venue-class.ts'
import type {
  VenueBalance,
  VenueFill,
  VenueMargin,
  VenueMovement,
  VenueOrder,
  VenuePosition,
} from './venue-order.ts'

/** An order as we name it. A stop is another kind of order at some venues. */
export interface OrderName {
  readonly symbol: string
  readonly clientOrderId: string
  readonly type?: OrderType
  /**
   * Of a stop that the venue attached to an entry: our id of that entry. The venue has never heard of the stop's own
   * `clientOrderId`; what is found by its entry is told under it.
   */
  readonly attachedTo?: string | null
}

/** An order that has passed every check and is to leave now. */
export interface OrderToSend extends OrderRequest {
  /** The moment of its claim by the venue's clock, epoch ms: what is signed, so that a late send dies. */
  readonly signedAtMs: number
}

/** A setting of an account that an entry needs. */
export interface Setting {
  /** For messages: 'cross margin'. */
  readonly asked: string
  set(venue: VenueClient, symbol: string): Promise<unknown>
}

/** What an entry needs set before it; what the venue says is `unchanged` counts as set. */
export interface EntrySettings {
  /** Once for an account and process. */
  readonly ofAccount: readonly Setting[]
  /** Once for each symbol besides. */
  readonly ofSymbol: readonly Setting[]
  setLeverage(venue: VenueClient, symbol: string, leverage: number): Promise<unknown>
}

/**
 * One market of a venue as calls of its ccxt class, read into our words: here, and nowhere else, a venue may differ.
 *
 * The client that a call is given is of that call alone and signs with the account's key: what is set on it (its `nonce`,
 * say) concerns nobody else. It gives every number as the text the venue sent. What the class throws is let through: the
 * caller reads the raw answer behind it with the card's `meaningOf`. Each answer has been checked with the card's
 * `isAnswer` before a call's result counts, so that an empty list is one the venue sent. `place` and `cancel` are one HTTP
 * request each; the others may be several.
 */
export interface MarketCalls {
  /** Sends an order. Undefined when the answer does not say which order it is about: its outcome is not known then. */
  place(venue: VenueClient, order: OrderToSend): Promise<VenueOrder | undefined>
  /** Takes an order back, by our id. Undefined where the answer tells too little: it is asked for then. */
  cancel(venue: VenueClient, order: OrderName): Promise<VenueOrder | undefined>
  /**
   * An order by our id, open or ended, by the question that works at this venue; of a triggered stop, what became of the
   * order it turned into. Undefined when the venue says that there is none (an answer that proves `absent` may be let
   * through as well); an answer that names no order is no such word: throw.
   */
  find(venue: VenueClient, order: OrderName): Promise<VenueOrder | undefined>
  /** Every execution of an order by the venue's own id. */
  fillsOf(venue: VenueClient, symbol: string, venueOrderId: string): Promise<VenueFill[]>
  /** Executions on a symbol since a moment of the venue's clock, oldest first. */
  fillsSince(venue: VenueClient, symbol: string, sinceMs: number): Promise<VenueFill[]>
  /** Orders that wait, without the stops that the venue counts apart. */
  openOrders(venue: VenueClient, symbol: string | undefined): Promise<VenueOrder[]>
  /** Orders of a symbol since a moment of the venue's clock, ended ones too, without the stops counted apart. */
  ordersSince(venue: VenueClient, symbol: string, sinceMs: number): Promise<VenueOrder[]>
  /** Stops, where the venue counts them apart: those that wait, or with `sinceMs` all of a symbol since then. */
  stopsApart?(venue: VenueClient, symbol: string | undefined, sinceMs?: number): Promise<VenueOrder[]>
  /** Balances and, where there is margin, its state. */
  holdings(venue: VenueClient): Promise<{ balances: VenueBalance[]; margin: VenueMargin | undefined }>
  /** Open positions; absent on spot. */
  positions?(venue: VenueClient): Promise<VenuePosition[]>
  /** Money that moved without an execution; absent where the venue does not tell. */
  movementsSince?(venue: VenueClient, sinceMs: number): Promise<VenueMovement[]>
  /** Absent where an entry needs nothing set. */
  readonly entrySettings?: EntrySettings
}

/** ccxt's types say number where it passes text on as it is. */
export function asNumber(text: DecimalText | undefined): number {
  return text as unknown as number
}

/** ccxt's types want an id where an order is named by ours among the parameters. */
export const noId = undefined as unknown as string
