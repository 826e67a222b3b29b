import { Decimal } from '../../domain/decimal.ts'
import { type Account, isConditional } from './account.ts'
import type { Side } from './book.ts'
import type { Instrument } from './instrument.ts'
import type { Order } from './order.ts'
import { closesLeg, type Leg, type Position, reducibleOf } from './position.ts'

/** What a futures account has and needs, in its settlement currency. */
export interface MarginState {
  readonly wallet: Decimal
  readonly isolated: Decimal // what of it is set aside for isolated positions
  readonly unrealized: Decimal // of all positions
  readonly positionMargin: Decimal
  readonly orderMargin: Decimal
  readonly maintenance: Decimal
  readonly available: Decimal // may be negative
  readonly cross: CrossState
}

/** What positions in cross margin have and need together. */
interface CrossState {
  readonly wallet: Decimal
  readonly unrealized: Decimal
  readonly maintenance: Decimal
}

/** One position at a mark price. */
export interface PositionState {
  readonly position: Position
  readonly instrument: Instrument
  readonly mark: Decimal
  readonly entry: Decimal
  readonly notional: Decimal // negative when short
  readonly unrealized: Decimal
  readonly initial: Decimal
  readonly maintenance: Decimal
  readonly isIsolated: boolean
}

export type MarkOf = (symbol: string) => { instrument: Instrument; mark: Decimal }

const zero = new Decimal(0)

/** The leverage of a symbol: what the account chose, or the venue's 20. */
export function leverageOf(account: Account, symbol: string): number {
  return account.leverage.get(symbol) ?? 20
}

/** What a notional needs to be opened. */
export function initialMargin(account: Account, symbol: string, notional: Decimal): Decimal {
  return notional.abs().div(leverageOf(account, symbol)).toDecimalPlaces(8, Decimal.ROUND_UP)
}

/**
 * The largest notional that may be held at a leverage: it grows with the square of what the leverage is below the
 * instrument's most, which is about how the venues' published brackets run.
 */
export function positionCap({ maxLeverage, capAtMost }: Instrument, leverage: number): Decimal {
  if (capAtMost === undefined) return new Decimal(Number.POSITIVE_INFINITY)
  return new Decimal(capAtMost).times(new Decimal(maxLeverage).div(leverage).pow(2)).floor()
}

/** A position's figures at its mark price. */
export function positionState(account: Account, symbol: string, markOf: MarkOf, leg?: Leg): PositionState {
  const position = account.position(symbol, leg)
  const { instrument, mark } = markOf(symbol)
  const notional = position.quantity.times(mark)
  const isOpen = !position.quantity.eq(0)
  return {
    position,
    instrument,
    mark,
    notional,
    entry: isOpen ? position.cost.div(position.quantity) : zero,
    unrealized: notional.minus(position.cost).toDecimalPlaces(8),
    initial: initialMargin(account, symbol, notional),
    maintenance: notional.abs().times(instrument.maintenance).toDecimalPlaces(8, Decimal.ROUND_UP),
    isIsolated: account.marginMode(symbol) === 'isolated',
  }
}

/** The account's margin at the current mark prices. Isolated positions need no more than what is set aside for them. */
export function marginState(account: Account, currency: string, markOf: MarkOf): MarginState {
  const wallet = account.balance(currency).free
  let [isolated, unrealized, positionMargin, maintenance] = [zero, zero, zero, zero]
  let [crossUnrealized, crossMargin, crossMaintenance] = [zero, zero, zero]
  for (const { symbol, leg, quantity, margin } of account.positions.values()) {
    if (quantity.eq(0)) continue
    const state = positionState(account, symbol, markOf, leg)
    if (state.instrument.quote !== currency) continue
    unrealized = unrealized.plus(state.unrealized)
    positionMargin = positionMargin.plus(state.initial)
    maintenance = maintenance.plus(state.maintenance)
    if (state.isIsolated) isolated = isolated.plus(margin)
    else {
      crossUnrealized = crossUnrealized.plus(state.unrealized)
      crossMargin = crossMargin.plus(state.initial)
      crossMaintenance = crossMaintenance.plus(state.maintenance)
    }
  }
  const orderMargin = orderMarginOf(account)
  const cross = { wallet: wallet.minus(isolated), unrealized: crossUnrealized, maintenance: crossMaintenance }
  const available = cross.wallet.plus(crossUnrealized).minus(crossMargin).minus(orderMargin)
  return { wallet, isolated, unrealized, positionMargin, orderMargin, maintenance, available, cross }
}

/** How much of a quantity would open or grow a position, not reduce it. */
export function opening(
  account: Account,
  symbol: string,
  { side, leg, quantity }: { readonly side: Side; readonly leg?: Leg; readonly quantity: Decimal },
): Decimal {
  if (leg !== undefined) return closesLeg(side, leg) ? zero : quantity
  return Decimal.max(0, quantity.minus(reducibleOf(account.held(symbol), side)))
}

/** What resting orders of one side and leg would add to a position, all filled. */
export function restingQuantity(
  account: Account,
  symbol: string,
  { side, leg }: { readonly side: Side; readonly leg?: Leg },
): Decimal {
  return restingOf(account, symbol, side, leg).reduce((sum, order) => sum.plus(order.remaining), zero)
}

/** Margin that the resting orders hold: in each symbol those of the side that needs more, in hedge mode those that open. */
function orderMarginOf(account: Account): Decimal {
  const symbols = new Set<string>()
  for (const order of account.open.values()) if (order.market === 'futures') symbols.add(order.record.symbol)
  let total = zero
  for (const symbol of symbols) {
    const oneWay = Decimal.max(restingMargin(account, symbol, 'buy'), restingMargin(account, symbol, 'sell'))
    const long = restingMargin(account, symbol, 'buy', 'long')
    total = total
      .plus(oneWay)
      .plus(long)
      .plus(restingMargin(account, symbol, 'sell', 'short'))
  }
  return total
}

/** Margin that the resting orders of one side hold: those that reduce the position hold none. */
function restingMargin(account: Account, symbol: string, side: Side, leg?: Leg): Decimal {
  let [quantity, notional] = [zero, zero]
  for (const order of restingOf(account, symbol, side, leg)) {
    quantity = quantity.plus(order.remaining)
    notional = notional.plus(order.remaining.times(order.price ?? 0))
  }
  if (quantity.eq(0)) return quantity
  const share = opening(account, symbol, { side, leg, quantity }).div(quantity)
  return initialMargin(account, symbol, notional.times(share))
}

/** Open orders of one side and leg that work and may open something. */
function restingOf(account: Account, symbol: string, side: Side, leg: Leg | undefined): Order[] {
  return [...account.open.values()].filter(
    (order) =>
      order.market === 'futures' &&
      order.isAbout(symbol, leg) &&
      order.record.side === side &&
      !order.record.reduceOnly &&
      !order.record.closePosition &&
      !isConditional(order),
  )
}
