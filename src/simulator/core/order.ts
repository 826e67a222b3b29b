import { Decimal, type DecimalText } from '../../domain/decimal.ts'
import type { Attached, Protects } from './attached.ts'
import type { Side } from './book.ts'
import type { Market } from './instrument.ts'
import type { Leg } from './position.ts'
import type { Portion } from './whim.ts'

export type OrderStatus = 'open' | 'filled' | 'canceled' | 'expired' | 'rejected' | 'triggered'

/** An order as it was accepted, in the journal's form. */
export interface OrderRecord {
  readonly id: number
  readonly apiKey: string
  readonly market?: Market // the account's own, where it is left out
  readonly symbol: string
  readonly clientOrderId: string
  readonly side: Side
  readonly type: 'market' | 'limit'
  readonly timeInForce: 'GTC' | 'IOC' | 'FOK'
  readonly leg?: Leg // the position meant, of accounts in hedge mode
  readonly reduceOnly: boolean
  readonly closePosition: boolean // its quantity is the position's when it triggers
  readonly endsWithPosition?: boolean // the venue takes it back when the position is gone
  readonly quantity: DecimalText
  readonly price?: DecimalText // of limit orders
  readonly lock: DecimalText // what it reserves of the asset it pays with; 0 on futures
  readonly feeRate?: DecimalText // the part of the cost that the lock holds for the fee
  readonly trigger?: Trigger
  readonly attached?: Attached
  readonly protects?: Protects // it belongs to its position, one of each kind
  readonly attachedTo?: number // the order that brought it along
  readonly forced?: 'liquidation' // placed by the venue itself
  readonly wire: Readonly<Record<string, string>> // the venue's own words, for its answers
  readonly createdAt: number // wall time
  readonly receivedAt?: number // wall time its request came in, where that was earlier
  readonly byHand?: boolean // placed in the venue's own app
  readonly bornOf?: number // the conditional order that became this one
  readonly portion?: Portion
  readonly neverFires?: boolean
}

/** A price the market has to reach before the order works. */
export interface Trigger {
  readonly price: DecimalText
  readonly when: 'rises' | 'falls' // to the price, or beyond
  readonly becomesNew: boolean // triggering ends it and starts another order; otherwise it goes on as itself
}

/** One execution, in the journal's form. */
export interface FillRecord {
  readonly id: number
  readonly orderId: number
  readonly price: DecimalText
  readonly quantity: DecimalText
  readonly fee: DecimalText
  readonly feeCurrency: string
  readonly maker: boolean
  readonly at: number // wall time
  readonly marketMs: number
}

/** One execution as booked. */
export interface Fill extends FillRecord {
  readonly market: Market
  readonly leg?: Leg
  readonly symbol: string
  readonly side: Side
  readonly quoteQuantity: DecimalText
  readonly realizedPnl: DecimalText // 0 on spot
}

/** An order and what has become of it. */
export class Order {
  readonly record: OrderRecord
  readonly market: Market
  quantity: Decimal // of an order that closes a position, known when it triggers
  readonly price: Decimal | undefined
  readonly limit: number // the price as a double, for comparisons with the tape; NaN without one
  readonly triggerPrice: number // NaN without one
  status: OrderStatus = 'open'
  isWorking: boolean
  filled = new Decimal(0)
  filledQuote = new Decimal(0)
  locked: Decimal
  updatedAt: number
  triggeredAt: number | undefined
  becameOrderId: number | undefined
  endedByHand = false
  readonly fills: Fill[] = []

  constructor(record: OrderRecord, market: Market) {
    this.record = record
    this.market = market
    this.quantity = new Decimal(record.quantity)
    this.price = record.price === undefined ? undefined : new Decimal(record.price)
    this.limit = record.price === undefined ? Number.NaN : Number(record.price)
    this.triggerPrice = record.trigger === undefined ? Number.NaN : Number(record.trigger.price)
    this.isWorking = record.trigger === undefined
    this.locked = new Decimal(record.lock)
    this.updatedAt = record.createdAt
  }

  /** What it is about, of a position: the symbol, and in hedge mode the leg. */
  isAbout(symbol: string, leg: Leg | undefined): boolean {
    return this.record.symbol === symbol && this.record.leg === leg
  }

  get remaining(): Decimal {
    return this.quantity.minus(this.filled)
  }
}
