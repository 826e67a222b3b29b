import { Decimal } from '../../domain/decimal.ts'
import type { MarketClock } from '../clock.ts'
import type { Account } from './account.ts'
import type { Take } from './book.ts'
import type { Event } from './event.ts'
import type { FeeOf } from './fee.ts'
import { quantityOf } from './funds.ts'
import type { Instrument } from './instrument.ts'
import type { Journal } from './journal.ts'
import type { Ledger } from './ledger.ts'
import type { FillRecord, Order, OrderRecord, OrderStatus } from './order.ts'
import { allowanceOf } from './whim.ts'

/** Hears what was booked: the events of one call, in their order. */
export type Listener = (events: readonly Event[]) => void

export interface BookingParts {
  readonly ledger: Ledger
  readonly journal: Journal
  readonly clock: MarketClock
  readonly feeOf: FeeOf
  /** Last price of a symbol at a market time; undefined when it is not on the tape. */
  readonly priceAt: (symbol: string, marketMs: number) => number | undefined
}

/**
 * Turns what happens to orders into events. Events change the ledger at once and reach the journal together, as one
 * line, at `flush`: before the call that made them is answered.
 */
export class Booking {
  readonly #parts: BookingParts
  readonly #listeners = new Set<Listener>()
  #pending: Event[] = []

  constructor(parts: BookingParts) {
    this.#parts = parts
  }

  record(event: Event): void {
    this.#parts.ledger.apply(event)
    this.#pending.push(event)
  }

  flush(): void {
    if (this.#pending.length === 0) return
    const events = this.#pending
    this.#parts.journal.append(events)
    this.#pending = []
    for (const listener of this.#listeners) listener(events)
  }

  /** Has a listener hear every flush from now on; answers how to stop. */
  watch(listener: Listener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Takes an order into the ledger under the next number. */
  accept(account: Account, record: Omit<OrderRecord, 'id' | 'apiKey' | 'createdAt'>): Order {
    const id = this.#parts.ledger.lastOrderId + 1
    const order = { ...record, id, apiKey: account.seed.apiKey, createdAt: this.#parts.clock.wallNow() }
    this.record({ kind: 'order', order })
    return account.orders.get(id) as Order
  }

  /** Fills an order with what the book gave, and ends it when the rest may not stay. */
  execute(
    account: Account,
    instrument: Instrument,
    order: Order,
    takes: readonly Take[],
    marketMs: number,
  ): void {
    const { type, timeInForce, portion } = order.record
    if (timeInForce !== 'FOK' || quantityOf(takes).gte(order.quantity)) {
      let allowance = allowanceOf(order, instrument)
      for (const { price, quantity } of takes) {
        const part = Decimal.min(quantity, allowance)
        if (part.lte(0)) break
        this.fill(account, instrument, order, { price, quantity: part }, { maker: false, marketMs })
        allowance = allowance.minus(part)
      }
    }
    const canRest = type === 'limit' && timeInForce === 'GTC'
    const mayStay =
      portion?.rest === 'expires' ? canRest && order.filled.eq(0) : canRest || portion !== undefined
    if (order.status === 'open' && !mayStay) this.end(account, order, 'expired')
  }

  fill(
    account: Account,
    instrument: Instrument,
    order: Order,
    { price, quantity }: { price: Decimal; quantity: Decimal },
    { maker, marketMs }: { maker: boolean; marketMs: number },
  ): void {
    const { ledger, clock, feeOf, priceAt } = this.#parts
    const { side, wire } = order.record
    const execution = { account, instrument, side, price, quantity, maker, wire }
    const { fee, currency } = feeOf(execution, (symbol) => priceAt(symbol, marketMs))
    const fill: FillRecord = {
      id: ledger.lastFillId + 1,
      orderId: order.record.id,
      price: price.toString(),
      quantity: quantity.toString(),
      fee: fee.toString(),
      feeCurrency: currency,
      maker,
      at: clock.wallNow(),
      marketMs,
    }
    this.record({ kind: 'fill', fill, apiKey: account.seed.apiKey })
    if (instrument.market === 'futures') this.#dropPointless(account, instrument.symbol)
  }

  end(
    account: Account,
    order: Order,
    status: Exclude<OrderStatus, 'open' | 'filled' | 'triggered'>,
    byHand?: boolean,
  ): void {
    const { apiKey } = account.seed
    const at = this.#parts.clock.wallNow()
    this.record({ kind: 'end', apiKey, orderId: order.record.id, status, at, ...(byHand && { byHand }) })
  }

  /** Working orders that could only reduce a position end with it; conditional ones wait on, unless they asked to end. */
  #dropPointless(account: Account, symbol: string): void {
    if (!account.position(symbol).quantity.eq(0)) return
    for (const order of [...account.open.values()]) {
      const { record } = order
      const isBound = record.endsWithPosition || (record.reduceOnly && order.isWorking)
      if (record.symbol === symbol && isBound) this.end(account, order, 'expired')
    }
  }
}
