import { Decimal } from '../../domain/decimal.ts'
import type { MarketClock } from '../clock.ts'
import type { Account, Transfer } from './account.ts'
import type { AttachedStop, Protects } from './attached.ts'
import type { Take } from './book.ts'
import { closing, protection } from './born.ts'
import type { Event } from './event.ts'
import type { FeeOf } from './fee.ts'
import { quantityOf } from './funds.ts'
import type { Instrument } from './instrument.ts'
import type { Journal } from './journal.ts'
import type { Ledger } from './ledger.ts'
import type { FillRecord, Order, OrderRecord, OrderStatus } from './order.ts'
import { type Leg, reducibleOf } from './position.ts'
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
  /** Lets an order that others left behind wait for its price, from a market time on. */
  readonly rest: (account: Account, order: Order, sinceMs: number) => void
}

/** An order about to be accepted. */
export type OrderWish = Omit<OrderRecord, 'id' | 'apiKey' | 'createdAt' | 'market' | 'symbol'>

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
  accept(account: Account, { market, symbol }: Instrument, wish: OrderWish): Order {
    const id = this.#parts.ledger.lastOrderId + 1
    const { apiKey } = account.seed
    const about = account.seed.market === 'unified' ? { market, symbol } : { symbol }
    const order = { ...wish, ...about, id, apiKey, createdAt: this.#parts.clock.wallNow() }
    this.record({ kind: 'order', order })
    return account.orders.get(id) as Order
  }

  /** Moves money in or out of an account without a trade. */
  transfer(account: Account, transfer: Omit<Transfer, 'at'>): void {
    const at = this.#parts.clock.wallNow()
    this.record({ kind: 'transfer', apiKey: account.seed.apiKey, transfer: { ...transfer, at } })
  }

  /** Puts a stop or a target on a position, in the place of the one of its kind that it has; none takes it off. */
  protect(
    account: Account,
    instrument: Instrument,
    {
      protects,
      leg,
      attachedTo,
      sinceMs,
    }: { protects: Protects; leg?: Leg; attachedTo?: number; sinceMs: number },
    stop: AttachedStop | undefined,
  ): void {
    const { symbol } = instrument
    for (const order of [...account.open.values()]) {
      const isOld = order.record.protects === protects && order.isAbout(symbol, leg)
      if (isOld && order.market === 'futures') this.end(account, order, 'canceled')
    }
    const held = account.held(symbol, leg)
    if (stop === undefined || held.eq(0)) return
    const wish = protection(protects, held, stop, this.#parts.ledger.lastOrderId + 1)
    const order = this.accept(account, instrument, { ...wish, ...(leg && { leg }), attachedTo })
    this.#parts.rest(account, order, sinceMs)
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
    if (instrument.market === 'futures') {
      this.#dropPointless(account, order)
      this.#coverDebt(account, order, instrument.quote)
      if (order.fills.length === 1) this.#protectAfter(account, instrument, order, marketMs)
    }
    if (order.status === 'filled') this.#leaveBehind(account, order, marketMs)
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
    this.#leaveBehind(account, order, this.#parts.clock.marketNow())
  }

  /** The venue's fund pays what a loss has left of debt, once nothing is held in cross margin that could make up for it. */
  #coverDebt(account: Account, { record: { symbol, leg } }: Order, asset: string): void {
    let free = account.balance(asset).free
    for (const each of account.openPositions()) {
      if (account.marginMode(each.symbol) === 'cross') return
      free = free.minus(each.margin)
    }
    if (free.gte(0)) return
    const about = { symbol, ...(leg && { leg }) }
    this.transfer(account, { asset, amount: free.neg().toString(), reason: 'insurance', ...about })
  }

  /** The stop and the target that an order brought along are its position's from its first fill on. */
  #protectAfter(account: Account, instrument: Instrument, { record }: Order, sinceMs: number): void {
    const { stopLoss, takeProfit } = record.attached ?? {}
    const about = { ...(record.leg && { leg: record.leg }), attachedTo: record.id, sinceMs }
    if (stopLoss) this.protect(account, instrument, { protects: 'stop-loss', ...about }, stopLoss)
    if (takeProfit) this.protect(account, instrument, { protects: 'take-profit', ...about }, takeProfit)
  }

  /** What an order was to leave behind begins when it has ended with something filled, if the account can still back it. */
  #leaveBehind(account: Account, order: Order, sinceMs: number): void {
    const close = order.record.attached?.close
    if (close === undefined || order.filled.lte(0)) return
    const instrument = this.#parts.ledger.instrumentOf(account, order)
    const wish = closing(order, close, instrument, this.#parts.ledger.lastOrderId + 1)
    const purse = account.balance(wish.side === 'buy' ? instrument.quote : instrument.base)
    if (purse.free.lt(wish.lock) || wish.quantity === '0') return
    this.#parts.rest(account, this.accept(account, instrument, wish), sinceMs)
  }

  /** Working orders that could only reduce a position end with it, or when it turns round; conditional ones wait on, unless they asked to end. */
  #dropPointless(account: Account, { record: { symbol, leg } }: Order): void {
    const held = account.held(symbol, leg)
    for (const order of [...account.open.values()]) {
      const { record } = order
      const isBound = record.endsWithPosition || (record.reduceOnly && order.isWorking)
      if (!isBound || order.market !== 'futures' || !order.isAbout(symbol, leg)) continue
      if (reducibleOf(held, record.side).eq(0)) this.end(account, order, 'expired')
    }
  }
}
