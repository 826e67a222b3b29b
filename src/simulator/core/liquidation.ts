import { Decimal } from '../../domain/decimal.ts'
import type { PricePoint, Tape } from '../tape/tape.ts'
import type { Account } from './account.ts'
import { levelsFor, type Side, type Take, walk } from './book.ts'
import type { Booking } from './booking.ts'
import { quantityOf } from './funds.ts'
import type { Instrument } from './instrument.ts'
import type { Ledger } from './ledger.ts'
import { bankruptcyPrice, liquidationLimit } from './liquidation-price.ts'
import { type MarkOf, marginState, positionState } from './margin.ts'
import type { Position } from './position.ts'

/** Takes positions away whose margin no longer covers their maintenance. */
export class Liquidation {
  readonly #ledger: Ledger
  readonly #tape: Tape
  readonly #booking: Booking

  constructor(parts: { ledger: Ledger; tape: Tape; booking: Booking }) {
    this.#ledger = parts.ledger
    this.#tape = parts.tape
    this.#booking = parts.booking
  }

  /**
   * Gives what is to be asked at every price of an instrument up to `untilMs`. The prices that matter are reckoned once,
   * with every other symbol as it stands at the end, and again when the account has traded or its money has moved.
   */
  watchOver(instrument: Instrument, untilMs: number): (point: PricePoint) => void {
    const known = new Map<Account, { readonly stamp: number; readonly nearest: Nearest }>()
    return (point) => {
      for (const account of [...this.#ledger.holders(instrument)]) {
        const stamp = account.fills.length + account.transfers.length
        let limits = known.get(account)
        if (limits?.stamp !== stamp) {
          const marks = this.#marksAt(account, untilMs)
          limits = { stamp, nearest: nearestOf(account, instrument, marks) }
          known.set(account, limits)
        }
        const { below, above } = limits.nearest
        if (point.price <= below || point.price >= above) this.check(account, instrument, point)
      }
    }
  }

  /** Takes away what an account can no longer hold with an instrument at this price. */
  check(account: Account, instrument: Instrument, { price, time }: PricePoint): void {
    const marks = this.#marksAt(account, time, { symbol: instrument.symbol, price })
    if (account.marginMode(instrument.symbol) === 'cross') {
      this.#checkCross(account, instrument.quote, marks, time)
      return
    }
    for (const position of account.openPositions(instrument.symbol)) {
      const { unrealized, maintenance } = positionState(account, instrument.symbol, marks, position.leg)
      if (position.margin.plus(unrealized).gte(maintenance)) continue
      this.#cancel(account, (symbol) => symbol === instrument.symbol)
      this.#takeIsolated(account, position, marks, time)
    }
  }

  /** Takes a symbol's positions away at the current price, whatever their margin is. */
  force(account: Account, { symbol, quote }: Instrument, marketMs: number): void {
    const marks = this.#marksAt(account, marketMs)
    const isCross = account.marginMode(symbol) === 'cross'
    this.#cancel(account, (each) => each === symbol)
    for (const position of account.openPositions(symbol)) {
      if (isCross) this.#takeCross(account, position, quote, marks, marketMs)
      else this.#takeIsolated(account, position, marks, marketMs)
    }
  }

  /** Cross positions go one by one, the one that needs most first, until the rest is covered. */
  #checkCross(account: Account, currency: string, marks: MarkOf, time: number): void {
    const isShort = () => {
      const { wallet, unrealized, maintenance } = marginState(account, currency, marks).cross
      return maintenance.gt(0) && wallet.plus(unrealized).lt(maintenance)
    }
    if (!isShort()) return
    this.#cancel(account, (symbol) => account.marginMode(symbol) === 'cross')
    const need = ({ symbol, leg }: Position) => positionState(account, symbol, marks, leg).maintenance
    const held = account.openPositions().filter(({ symbol }) => account.marginMode(symbol) === 'cross')
    for (const position of held.sort((a, b) => need(b).comparedTo(need(a)))) {
      if (!isShort()) break
      this.#takeCross(account, position, currency, marks, time)
    }
  }

  #takeCross(account: Account, position: Position, currency: string, marks: MarkOf, time: number): void {
    const { notional, instrument } = positionState(account, position.symbol, marks, position.leg)
    this.#close(account, position, marks, time)
    const { wallet, unrealized, maintenance } = marginState(account, currency, marks).cross
    this.#toFund(account, position, instrument, notional, wallet.plus(unrealized).minus(maintenance))
  }

  /** What is set aside for an isolated position is all that can be lost with it. */
  #takeIsolated(account: Account, position: Position, marks: MarkOf, time: number): void {
    const { instrument, notional } = positionState(account, position.symbol, marks, position.leg)
    const { margin } = position
    const before = account.balance(instrument.quote).free
    this.#close(account, position, marks, time)
    const left = margin.plus(account.balance(instrument.quote).free).minus(before)
    if (left.lt(0)) this.#insure(account, position, instrument.quote, left.neg())
    else this.#toFund(account, position, instrument, notional, left)
  }

  /** Closes a position by an order of the venue's own, nowhere worse than at its bankruptcy price. */
  #close(account: Account, position: Position, marks: MarkOf, marketMs: number): void {
    const { symbol, leg, quantity } = position
    const { instrument, mark } = marks(symbol)
    const side: Side = quantity.gt(0) ? 'sell' : 'buy'
    const exact = bankruptcyPrice(account, position, instrument.quote, marks)
    const steps = exact
      ?.div(instrument.tick)
      .toDecimalPlaces(0, side === 'sell' ? Decimal.ROUND_UP : Decimal.ROUND_DOWN)
    const limit = steps?.times(instrument.tick)
    const takes = capped(
      walk(levelsFor(side, instrument, mark.toNumber(), marketMs), side, quantity.abs(), limit),
      quantity.abs(),
      limit ?? mark,
    )
    const order = this.#booking.accept(account, instrument, {
      clientOrderId: `autoclose-${this.#ledger.lastOrderId + 1}`,
      side,
      type: limit === undefined ? 'market' : 'limit',
      timeInForce: 'IOC',
      ...(leg && { leg }),
      reduceOnly: true,
      closePosition: false,
      quantity: quantity.abs().toString(),
      ...(limit && { price: limit.toString() }),
      lock: '0',
      forced: 'liquidation',
      wire: { type: 'LIMIT', timeInForce: 'IOC' },
    })
    this.#booking.execute(account, instrument, order, takes, marketMs)
  }

  #cancel(account: Account, isMeant: (symbol: string) => boolean): void {
    for (const order of [...account.open.values()]) {
      if (order.market === 'futures' && isMeant(order.record.symbol))
        this.#booking.end(account, order, 'canceled')
    }
  }

  /** The venue's fund takes its fee of what a liquidation has left beyond the needs of other positions, and no more. */
  #toFund(
    account: Account,
    position: Position,
    instrument: Instrument,
    notional: Decimal,
    left: Decimal,
  ): void {
    const fee = notional.abs().times(instrument.liquidationFee ?? 0)
    const taken = Decimal.min(fee, left).toDecimalPlaces(8)
    if (taken.gt(0)) this.#insure(account, position, instrument.quote, taken.neg())
  }

  #insure(
    account: Account,
    { symbol, leg }: Pick<Position, 'symbol'> & { readonly leg?: Position['leg'] },
    asset: string,
    amount: Decimal,
  ): void {
    const about = { symbol, ...(leg && { leg }) }
    this.#booking.transfer(account, { asset, amount: amount.toString(), reason: 'insurance', ...about })
  }

  #marksAt({ seed }: Account, marketMs: number, known?: { symbol: string; price: number }): MarkOf {
    return (symbol) => ({
      instrument: this.#ledger.instrumentOrThrow(seed.venue, 'futures', symbol),
      mark: new Decimal(known?.symbol === symbol ? known.price : this.#tape.priceAt(symbol, marketMs)),
    })
  }
}

/** The prices at or beyond which something of an account is to be taken away. */
interface Nearest {
  readonly below: number
  readonly above: number
}

function nearestOf(account: Account, { symbol, quote }: Instrument, marks: MarkOf): Nearest {
  let [below, above] = [0, Number.POSITIVE_INFINITY]
  for (const { leg } of account.openPositions(symbol)) {
    const limit = liquidationLimit(account, symbol, quote, marks, leg)
    if (limit?.when === 'falls') below = Math.max(below, limit.price.toNumber())
    if (limit?.when === 'rises') above = Math.min(above, limit.price.toNumber())
  }
  return { below, above }
}

/** What the book gives, and the rest at the worst price: whoever takes it then, the position is gone. */
function capped(takes: readonly Take[], quantity: Decimal, worst: Decimal): readonly Take[] {
  const rest = quantity.minus(quantityOf(takes))
  return rest.gt(0) ? [...takes, { price: worst, quantity: rest }] : takes
}
