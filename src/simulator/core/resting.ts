import { Decimal } from '../../domain/decimal.ts'
import type { MarketClock } from '../clock.ts'
import type { PricePoint, Tape } from '../tape/tape.ts'
import type { Account } from './account.ts'
import { levelsFor, walk } from './book.ts'
import type { Booking } from './booking.ts'
import { Funding } from './funding.ts'
import { costOf, isBeyondMargin, priceOf, reducible, withFee } from './funds.ts'
import type { Instrument } from './instrument.ts'
import type { Ledger } from './ledger.ts'
import type { Liquidation } from './liquidation.ts'
import type { MarkOf } from './margin.ts'
import type { Order, Trigger } from './order.ts'
import { allowanceOf } from './whim.ts'

interface Resting {
  readonly account: Account
  readonly order: Order
}

/** The resting orders of one instrument, and the market time they have been compared with. */
interface Watch {
  readonly instrument: Instrument
  readonly resting: Set<Resting>
  seenUntil: number
}

export interface RestingParts {
  readonly ledger: Ledger
  readonly clock: MarketClock
  readonly tape: Tape
  readonly booking: Booking
  readonly funding: Funding
  readonly liquidation: Liquidation
  readonly marks: (account: Account) => MarkOf
}

/** Orders that wait: each meets every price of the tape from the moment it began to wait. */
export class RestingOrders {
  readonly #parts: RestingParts
  readonly #watches = new Map<Instrument, Watch>()

  /** Starts with the open orders of the ledger; they meet the prices since the clock was last remembered. */
  constructor(parts: RestingParts) {
    this.#parts = parts
    const now = parts.clock.marketNow()
    const since = Math.min(parts.ledger.marketMs ?? now, now)
    for (const account of parts.ledger.accounts.values()) {
      for (const order of account.open.values()) this.add(account, order, since)
      for (const { symbol } of account.openPositions())
        this.#watch(parts.ledger.instrumentOrThrow(account.seed.venue, 'futures', symbol), since)
    }
  }

  add(account: Account, order: Order, sinceMs: number): void {
    const instrument = this.#parts.ledger.instrumentOf(account, order)
    this.#watch(instrument, sinceMs).resting.add({ account, order })
  }

  /** Whether there is nothing that a price could change. */
  isEmpty(): boolean {
    const { ledger } = this.#parts
    return [...this.#watches.values()].every(
      ({ instrument, resting }) => resting.size === 0 && ledger.holders(instrument).size === 0,
    )
  }

  catchUpAll(): void {
    for (const instrument of this.#watches.keys()) this.catchUp(instrument)
  }

  /** Lets what waits and what is held meet the prices since they were last compared. */
  catchUp(instrument: Instrument): void {
    const { clock, ledger, tape, funding, liquidation, booking } = this.#parts
    const now = clock.marketNow()
    const watch = this.#watch(instrument, now)
    if (watch.seenUntil >= now) return
    const { resting } = watch
    if (resting.size > 0 || ledger.holders(instrument).size > 0) {
      const takeAway = liquidation.watchOver(instrument, now)
      let due = Funding.nextAfter(watch.seenUntil)
      const payUntil = (time: number) => {
        for (; instrument.market === 'futures' && due <= time; due = Funding.nextAfter(due))
          funding.pay(instrument, due)
      }
      for (const point of tape.pointsBetween(instrument.symbol, watch.seenUntil, now)) {
        payUntil(point.time)
        for (const each of resting) this.#touch(watch, each, point)
        takeAway(point)
        if (resting.size === 0 && ledger.holders(instrument).size === 0) break
      }
      payUntil(now)
    }
    watch.seenUntil = now
    booking.flush()
  }

  #watch(instrument: Instrument, sinceMs: number): Watch {
    let watch = this.#watches.get(instrument)
    if (watch === undefined) {
      watch = { instrument, resting: new Set(), seenUntil: sinceMs }
      this.#watches.set(instrument, watch)
    }
    return watch
  }

  #touch(watch: Watch, resting: Resting, point: PricePoint): void {
    const { account, order } = resting
    if (order.status === 'open') {
      if (order.isWorking) this.#meet(account, watch.instrument, order, point)
      else if (order.record.neverFires !== true && isReached(order.record.trigger as Trigger, point.price)) {
        this.#trigger(account, watch.instrument, order, point)
      }
    }
    if (order.status !== 'open') watch.resting.delete(resting)
  }

  /** A limit order meets a price at or through its own: it is filled, as maker, as far as the book at its price goes. */
  #meet(account: Account, instrument: Instrument, order: Order, { price, time }: PricePoint): void {
    const { reduceOnly, type, portion, side } = order.record
    if (side === 'buy' ? price > order.limit : price < order.limit) return
    const held = reduceOnly ? reducible(account, instrument.symbol, order.record) : order.remaining
    const fitting = Decimal.min(order.remaining, held)
    if (fitting.lte(0)) {
      this.#parts.booking.end(account, order, 'expired')
      return
    }
    const wanted = Decimal.min(fitting, allowanceOf(order, instrument))
    if (wanted.lte(0)) return
    let offered = new Decimal(0)
    for (const level of levelsFor(side, instrument, price, time)) {
      const isBeyond = side === 'buy' ? level.price.gt(order.limit) : level.price.lt(order.limit)
      if (isBeyond && offered.gt(0)) break
      offered = offered.plus(level.size)
      if (offered.gte(wanted)) break
    }
    const quantity = Decimal.min(wanted, offered)
    if (quantity.lte(0)) return
    const execution = { price: order.price ?? new Decimal(price), quantity }
    const maker = type === 'limit'
    this.#parts.booking.fill(account, instrument, order, execution, { maker, marketMs: time })
    const isOver = portion?.rest === 'expires' && allowanceOf(order, instrument).lte(0)
    if (isOver && order.status === 'open') this.#parts.booking.end(account, order, 'expired')
  }

  /** The price has reached a conditional order: it works from here on, as itself or as a new order, or ends unaffordable. */
  #trigger(account: Account, instrument: Instrument, order: Order, { price, time }: PricePoint): void {
    const { booking, ledger, clock, marks } = this.#parts
    const { record } = order
    const toReduce = record.reduceOnly || record.closePosition
    const held = toReduce ? reducible(account, instrument.symbol, record) : order.quantity
    const quantity = record.closePosition ? held : Decimal.min(order.quantity, held)
    const takes = walk(levelsFor(record.side, instrument, price, time), record.side, quantity, order.price)
    const wanted = { side: record.side, leg: record.leg, quantity, price: priceOf(order.price, takes) }
    const isShort =
      instrument.market === 'futures'
        ? !toReduce && isBeyondMargin(account, instrument, wanted, marks(account))
        : record.side === 'buy' &&
          withFee(costOf(takes), record).gt(order.locked.plus(account.balance(instrument.quote).free))
    if (quantity.lte(0) || isShort) {
      booking.end(account, order, record.trigger?.becomesNew === true ? 'rejected' : 'expired')
      return
    }
    const event = {
      kind: 'trigger',
      apiKey: account.seed.apiKey,
      orderId: record.id,
      at: clock.wallNow(),
    } as const
    if (record.trigger?.becomesNew !== true) {
      booking.record(record.closePosition ? { ...event, quantity: quantity.toString() } : event)
      booking.execute(account, instrument, order, takes, time)
      return
    }
    booking.record({ ...event, becameOrderId: ledger.lastOrderId + 1 })
    const {
      id: _id,
      apiKey: _key,
      createdAt: _at,
      market: _market,
      symbol: _symbol,
      trigger: _,
      ...rest
    } = record
    const born = booking.accept(account, instrument, {
      ...rest,
      quantity: quantity.toString(),
      reduceOnly: toReduce,
      bornOf: record.id,
    })
    booking.execute(account, instrument, born, takes, time)
    if (born.status === 'open') this.add(account, born, time)
  }
}

/** Whether a price is at or beyond the trigger. */
export function isReached(trigger: Trigger, price: number): boolean {
  return trigger.when === 'rises' ? price >= Number(trigger.price) : price <= Number(trigger.price)
}
