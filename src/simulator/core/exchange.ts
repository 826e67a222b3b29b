import { Decimal, type DecimalText } from '../../domain/decimal.ts'
import type { MarketClock } from '../clock.ts'
import type { Tape } from '../tape/tape.ts'
import type { Account, AccountSeed, Hand, Transfer } from './account.ts'
import { levelsFor, quantityFor, walk } from './book.ts'
import { Booking, type Listener, type OrderWish } from './booking.ts'
import type { FeeOf } from './fee.ts'
import { Funding } from './funding.ts'
import { lockOf, quantityOf, reducible, shortage } from './funds.ts'
import { Holdings } from './holdings.ts'
import type { Instrument } from './instrument.ts'
import type { Journal } from './journal.ts'
import type { Ledger } from './ledger.ts'
import { Liquidation } from './liquidation.ts'
import type { MarkOf } from './margin.ts'
import type { Order } from './order.ts'
import { brokenLimit, type Placement } from './placement.ts'
import { closesLeg } from './position.ts'
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
  readonly funding: Funding
  readonly holdings: Holdings
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
    this.#booking = new Booking({
      ...parts,
      priceAt,
      rest: (account, order, sinceMs) => this.#resting.add(account, order, sinceMs),
    })
    this.funding = new Funding({ ledger, tape, booking: this.#booking })
    const liquidation = new Liquidation({ ledger, tape, booking: this.#booking })
    this.#resting = new RestingOrders({
      ledger,
      clock,
      tape,
      booking: this.#booking,
      funding: this.funding,
      liquidation,
      marks: (of) => this.marks(of),
    })
    const catchUp = (instrument: Instrument) => this.#resting.catchUp(instrument)
    const marks = (account: Account) => this.marks(account)
    this.holdings = new Holdings({
      booking: this.#booking,
      clock,
      funding: this.funding,
      liquidation,
      marks,
      catchUp,
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
    this.#booking.transfer(account, transfer)
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
  place(account: Account, instrument: Instrument, asks: Placement): Placed {
    const wish = closesLeg(asks.side, asks.leg) ? { ...asks, reduceOnly: true } : asks
    this.#resting.catchUp(instrument)
    const { symbol } = instrument
    const marketMs = this.clock.marketNow()
    const last = this.tape.priceAt(symbol, marketMs)
    const isConditional = wish.trigger?.becomesNew === true
    const known = account.findByClientId(wish.clientOrderId, isConditional)
    if (known?.status === 'open') return { refused: 'duplicate-client-id' }

    const book = () => (this.#whim.emptyBook === true ? [] : levelsFor(wish.side, instrument, last, marketMs))
    const asked =
      wish.quoteQuantity === undefined
        ? (wish.quantity ?? new Decimal(0))
        : quantityFor(book(), wish.quoteQuantity, instrument.step)
    const broken = brokenLimit(instrument, wish, asked, last)
    if (broken !== undefined) return { refused: broken }
    if (wish.trigger !== undefined && isReached(wish.trigger, last)) return { refused: 'would-trigger' }
    const isBound = wish.reduceOnly && wish.trigger === undefined
    const quantity = isBound ? Decimal.min(asked, reducible(account, symbol, wish)) : asked
    if (isBound && quantity.lte(0)) return { refused: 'reduce-only' }

    const takes = wish.trigger === undefined ? walk(book(), wish.side, quantity, wish.price) : []
    const isThin = instrument.market === 'futures' && wish.type === 'market' && wish.trigger === undefined
    if (isThin && quantityOf(takes).lt(quantity)) return { refused: 'thin-book' }
    if (wish.postOnly && takes.length > 0) return { refused: 'would-take' }
    const refused = shortage(account, instrument, wish, quantity, takes, this.marks(account))
    if (refused !== undefined) return { refused }

    const lock = lockOf(instrument, wish, quantity).toString()
    const order = this.#booking.accept(account, instrument, this.#record(wish, quantity, lock))
    if (wish.trigger === undefined) this.#booking.execute(account, instrument, order, takes, marketMs)
    if (order.status === 'open') this.#resting.add(account, order, marketMs)
    this.#booking.flush()
    return { order }
  }

  /** Takes an order that the venue had acknowledged and then would not have: it is there, and rejected. */
  reject(account: Account, instrument: Instrument, wish: Placement): Order {
    const quantity = wish.quantity ?? new Decimal(0)
    const order = this.#booking.accept(account, instrument, this.#record(wish, quantity, '0'))
    this.#booking.end(account, order, 'rejected')
    this.#booking.flush()
    return order
  }

  #record(wish: Placement, quantity: Decimal, lock: DecimalText): OrderWish {
    return {
      clientOrderId: wish.clientOrderId,
      side: wish.side,
      type: wish.type,
      timeInForce: wish.timeInForce,
      ...(wish.leg && { leg: wish.leg }),
      reduceOnly: wish.reduceOnly,
      closePosition: wish.closePosition,
      endsWithPosition: wish.endsWithPosition,
      quantity: quantity.toString(),
      price: wish.price?.toString(),
      lock,
      trigger: wish.trigger,
      ...(wish.attached && { attached: wish.attached }),
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
