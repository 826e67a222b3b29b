import { Decimal } from '../../domain/decimal.ts'
import type { MarketClock } from '../clock.ts'
import type { Tape } from '../tape/tape.ts'
import type { Account, AccountSeed, Hand, Transfer } from './account.ts'
import { levelsFor, quantityFor, walk } from './book.ts'
import { Booking, type Listener } from './booking.ts'
import type { FeeOf } from './fee.ts'
import { lockOf, reducible, shortage } from './funds.ts'
import type { Instrument } from './instrument.ts'
import type { Journal } from './journal.ts'
import type { Ledger } from './ledger.ts'
import type { MarkOf } from './margin.ts'
import type { Order } from './order.ts'
import { brokenLimit, type Placement } from './placement.ts'
import type { Refusal } from './refusal.ts'
import { isReached, RestingOrders } from './resting.ts'
import type { Whim } from './whim.ts'

/** What became of a wish: an order, or the reason there is none. */
export type Placed = { readonly order: Order } | { readonly refused: Refusal }

/**
 * The matching core: takes orders, fills them against the book around the tape, and lets the tape trigger and fill what
 * rests. Everything it does is an event of the ledger; the events of one call are one line of the journal.
 */
export class Exchange {
  readonly ledger: Ledger
  readonly clock: MarketClock
  readonly tape: Tape
  readonly #booking: Booking
  readonly #resting: RestingOrders
  #whim: Whim = {}

  constructor(parts: { ledger: Ledger; clock: MarketClock; tape: Tape; journal: Journal; feeOf: FeeOf }) {
    const { ledger, clock, tape } = parts
    this.ledger = ledger
    this.clock = clock
    this.tape = tape
    const listed = new Set(tape.listings.map(({ symbol }) => symbol))
    const priceAt = (symbol: string, marketMs: number) =>
      listed.has(symbol) ? tape.priceAt(symbol, marketMs) : undefined
    this.#booking = new Booking({ ...parts, priceAt })
    this.#resting = new RestingOrders({
      ledger,
      clock,
      tape,
      booking: this.#booking,
      marks: (of) => this.marks(of),
    })
  }

  /** Creates an account, or returns the one that has this API key already. */
  addAccount(seed: AccountSeed): Account {
    const known = this.ledger.accounts.get(seed.apiKey)
    if (known !== undefined) return known
    this.#booking.record({ kind: 'account', account: seed, at: this.clock.wallNow() })
    this.#booking.flush()
    return this.ledger.accountOrThrow(seed.apiKey)
  }

  setLeverage(account: Account, symbol: string, leverage: number): void {
    this.#booking.record({ kind: 'leverage', apiKey: account.seed.apiKey, symbol, leverage })
    this.#booking.flush()
  }

  /** Sets one of the venue's switches of an account. */
  set(account: Account, name: string, value: string): void {
    this.#booking.record({ kind: 'setting', apiKey: account.seed.apiKey, name, value })
    this.#booking.flush()
  }

  /** Moves money in or out of an account without a trade. */
  transfer(account: Account, transfer: Omit<Transfer, 'at'>): void {
    const at = this.clock.wallNow()
    this.#booking.record({ kind: 'transfer', apiKey: account.seed.apiKey, transfer: { ...transfer, at } })
    this.#booking.flush()
  }

  /** Takes the account's API key away, or gives it back. */
  setRevoked(account: Account, isRevoked: boolean): void {
    this.#booking.record({ kind: 'key', apiKey: account.seed.apiKey, isRevoked })
    this.#booking.flush()
  }

  /** Notes what a user did in the venue's own app. */
  noteHand(account: Account, act: Hand['act']): void {
    const hand = { act, at: this.clock.wallNow() }
    this.#booking.record({ kind: 'hand', apiKey: account.seed.apiKey, hand })
    this.#booking.flush()
  }

  /**
   * Calls `listener` with the events of each call, once they are booked and in the journal and before the call is
   * answered; answers how to stop. What it throws ends the call, so it must not throw.
   */
  watch(listener: Listener): () => void {
    return this.#booking.watch(listener)
  }

  /** Runs one call in which the venue misbehaves. */
  under<T>(whim: Whim, call: () => T): T {
    this.#whim = whim
    try {
      return call()
    } finally {
      this.#whim = {}
    }
  }

  lastPrice(instrument: Instrument): number {
    return this.tape.priceAt(instrument.symbol, this.clock.marketNow())
  }

  /** Mark prices of an account's futures: the last price on this venue. */
  marks(account: Account): MarkOf {
    return (symbol) => {
      const instrument = this.ledger.instrumentOrThrow(account.seed.venue, 'futures', symbol)
      return { instrument, mark: new Decimal(this.lastPrice(instrument)) }
    }
  }

  /** Takes an order: fills what the book gives at once, and lets the rest stand, or end, as its kind demands. */
  place(account: Account, instrument: Instrument, wish: Placement): Placed {
    this.#resting.catchUp(instrument)
    const { symbol } = instrument
    const marketMs = this.clock.marketNow()
    const last = this.tape.priceAt(symbol, marketMs)
    const isConditional = wish.trigger?.becomesNew === true
    const known = account.findByClientId(wish.clientOrderId, isConditional)
    if (known?.status === 'open') return { refused: 'duplicate-client-id' }

    const book = () => levelsFor(wish.side, instrument, last, marketMs)
    const asked =
      wish.quoteQuantity === undefined
        ? (wish.quantity ?? new Decimal(0))
        : quantityFor(book(), wish.quoteQuantity, instrument.step)
    const broken = brokenLimit(instrument, wish, asked, last)
    if (broken !== undefined) return { refused: broken }
    if (wish.trigger !== undefined && isReached(wish.trigger, last)) return { refused: 'would-trigger' }
    const isBound = wish.reduceOnly && !isConditional
    const quantity = isBound ? Decimal.min(asked, reducible(account, symbol, wish.side)) : asked
    if (isBound && quantity.lte(0)) return { refused: 'reduce-only' }

    const takes = wish.trigger === undefined ? walk(book(), wish.side, quantity, wish.price) : []
    if (wish.postOnly && takes.length > 0) return { refused: 'would-take' }
    const refused = shortage(account, instrument, wish, quantity, takes, this.marks(account))
    if (refused !== undefined) return { refused }

    const order = this.#booking.accept(account, {
      ...this.#recordOf(account, instrument, wish),
      quantity: quantity.toString(),
      lock: lockOf(instrument, wish, quantity).toString(),
    })
    if (wish.trigger === undefined) this.#booking.execute(account, instrument, order, takes, marketMs)
    if (order.status === 'open') this.#resting.add(account, order, marketMs)
    this.#booking.flush()
    return { order }
  }

  /** Takes an order that the venue had acknowledged and then would not have: it is there, and rejected. */
  reject(account: Account, instrument: Instrument, wish: Placement): Order {
    const order = this.#booking.accept(account, {
      ...this.#recordOf(account, instrument, wish),
      quantity: (wish.quantity ?? new Decimal(0)).toString(),
      lock: '0',
    })
    this.#booking.end(account, order, 'rejected')
    this.#booking.flush()
    return order
  }

  #recordOf(account: Account, instrument: Instrument, wish: Placement) {
    return {
      ...(account.seed.market === 'unified' && { market: instrument.market }),
      symbol: instrument.symbol,
      clientOrderId: wish.clientOrderId,
      side: wish.side,
      type: wish.type,
      timeInForce: wish.timeInForce,
      reduceOnly: wish.reduceOnly,
      closePosition: wish.closePosition,
      endsWithPosition: wish.endsWithPosition,
      price: wish.price?.toString(),
      trigger: wish.trigger,
      feeRate: wish.feeRate,
      wire: wish.wire,
      receivedAt: wish.receivedAt,
      byHand: wish.byHand,
      portion: this.#whim.portion,
      neverFires: this.#whim.neverFires,
    }
  }

  /** Ends an open order; false when it was not open any more. */
  cancel(account: Account, order: Order, byHand = false): boolean {
    this.#resting.catchUp(this.ledger.instrumentOf(account, order))
    if (order.status !== 'open') return false
    if (this.#whim.losesCancels === true) return true
    this.#booking.end(account, order, 'canceled', byHand)
    this.#booking.flush()
    return true
  }

  /** Lets what rests meet every price since it was last compared. Called by a timer, and before anything is read. */
  advance(): void {
    this.#resting.catchUpAll()
  }

  /** Notes how far market time has come, so that a restart goes on from here. */
  rememberClock(): void {
    const marketMs = this.clock.marketNow()
    if (this.ledger.marketMs === marketMs) return
    if (this.tape.source === 'synthetic' && this.#resting.isEmpty()) return
    this.#booking.record({ kind: 'clock', marketMs })
    this.#booking.flush()
  }
}
