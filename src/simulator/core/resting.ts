import { Decimal } from '../../domain/decimal.ts'
import type { MarketClock } from '../clock.ts'
import type { PricePoint, Tape } from '../tape/tape.ts'
import type { Account } from './account.ts'
import { levelsFor, walk } from './book.ts'
import type { Booking } from './booking.ts'
import { costOf, isBeyondMargin, priceOf, reducible, withFee } from './funds.ts'
import type { Instrument } from './instrument.ts'
import type { Ledger } from './ledger.ts'
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
    }
  }

  add(account: Account, order: Order, sinceMs: number): void {
    const instrument = this.#parts.ledger.instrumentOf(account, order)
    const watch = this.#watches.get(instrument)
    if (watch !== undefined) watch.resting.add({ account, order })
    else
      this.#watches.set(instrument, {
        instrument,
        resting: new Set([{ account, order }]),
        seenUntil: sinceMs,
      })
  }

  isEmpty(): boolean {
    return [...this.#watches.values()].every(({ resting }) => resting.size === 0)
  }

  catchUpAll(): void {
    for (const instrument of this.#watches.keys()) this.catchUp(instrument)
  }

  catchUp(instrument: Instrument): void {
    const watch = this.#watches.get(instrument)
    const now = this.#parts.clock.marketNow()
    if (watch === undefined || watch.seenUntil >= now) return
    if (watch.resting.size > 0) {
      for (const point of this.#parts.tape.pointsBetween(instrument.symbol, watch.seenUntil, now)) {
        for (const resting of watch.resting) this.#touch(watch, resting, point)
        if (watch.resting.size === 0) break
      }
    }
    watch.seenUntil = now
    this.#parts.booking.flush()
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
    const { side, reduceOnly, type, portion } = order.record
    if (side === 'buy' ? price > order.limit : price < order.limit) return
    const held = reduceOnly ? reducible(account, instrument.symbol, side) : order.remaining
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
    const held = toReduce ? reducible(account, instrument.symbol, record.side) : order.quantity
    const quantity = record.closePosition ? held : Decimal.min(order.quantity, held)
    const takes = walk(levelsFor(record.side, instrument, price, time), record.side, quantity, order.price)
    const wanted = { side: record.side, quantity, price: priceOf(order.price, takes) }
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
      booking.record(event)
      booking.execute(account, instrument, order, takes, time)
      return
    }
    booking.record({ ...event, becameOrderId: ledger.lastOrderId + 1 })
    const { trigger: _, ...rest } = record
    const born = booking.accept(account, {
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
