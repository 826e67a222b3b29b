import type { DecimalText } from '../domain/decimal.ts'
import type { OrderSide } from '../domain/side.ts'

/** How an order stands at the venue. Expired is `canceled`: the venue ended it. */
export type VenueOrderStatus = 'open' | 'partially_filled' | 'filled' | 'canceled' | 'rejected'

/** One execution as the venue tells it. */
export interface VenueFill {
  readonly venueTradeId: string
  readonly venueOrderId: string
  readonly symbol: string
  readonly side: OrderSide
  readonly price: DecimalText
  readonly quantity: DecimalText
  /** In quote, as the venue reckoned it. */
  readonly cost: DecimalText
  readonly fee: DecimalText
  readonly feeCurrency: string
  /** Futures alone. */
  readonly realizedPnl: DecimalText | null
  readonly isMaker: boolean
  readonly filledAtMs: number
}

/** An order as the venue tells it. */
export interface VenueOrder {
  readonly venueOrderId: string
  readonly clientOrderId: string
  readonly symbol: string
  readonly side: OrderSide
  readonly status: VenueOrderStatus
  readonly quantity: DecimalText
  readonly filled: DecimalText
  readonly averagePrice: DecimalText | null
  readonly updatedAtMs: number | null
  /** The limit; absent on what has none. */
  readonly price?: DecimalText
  readonly isReduceOnly?: boolean
  /** Whether it waits for a price at the venue, counted apart from its orders. */
  readonly isStop?: boolean
  /** The order that a triggered stop became: what executed is under its id. */
  readonly becameVenueOrderId?: string
  /** Ended by the venue itself, and not by anybody's cancel. */
  readonly isExpired?: boolean
  /** The executions that came with the answer; they may be fewer than `filled` says. */
  readonly fills: readonly VenueFill[]
}

/** What an account holds of one currency: `total` is what the ledger sums up to (on futures the wallet, without open P&L). */
export interface VenueBalance {
  readonly currency: string
  readonly free: DecimalText
  readonly total: DecimalText
}

/** An open position as the venue tells it; `quantity` is negative for a short. */
export interface VenuePosition {
  readonly symbol: string
  readonly quantity: DecimalText
  readonly entryPrice: DecimalText
  readonly markPrice: DecimalText | null
  /** null when the venue gives none: there is nothing to be liquidated. */
  readonly liquidationPrice: DecimalText | null
  readonly unrealizedPnl: DecimalText
  readonly initialMargin: DecimalText
  readonly maintenanceMargin: DecimalText
  /** What an isolated position has of its own, open profit and loss included; null for one on the account's margin. */
  readonly isolatedMargin: DecimalText | null
}

/** What an account on futures owns and owes, in quote. */
export interface VenueMargin {
  readonly wallet: DecimalText
  readonly equity: DecimalText
  readonly initialMargin: DecimalText
  readonly maintenanceMargin: DecimalText
  readonly available: DecimalText
}

/** What a key may do at the venue. */
export interface KeyPermissions {
  readonly canTrade: boolean
  readonly canWithdraw: boolean
  readonly isIpRestricted: boolean
}

/** Money of an account that moved without an execution. */
export interface VenueMovement {
  readonly id: string
  readonly kind: 'funding' | 'deposit' | 'withdrawal' | 'adjustment'
  readonly currency: string
  readonly amount: DecimalText
  /** null when it concerns no symbol. */
  readonly symbol: string | null
  readonly atMs: number
}
