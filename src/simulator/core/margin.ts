import { Decimal } from '../../domain/decimal.ts'
import { type Account, isConditional, type Position } from './account.ts'
import type { Side } from './book.ts'
import type { Instrument } from './instrument.ts'

/** What a futures account has and needs, in its settlement currency; cross margin. */
export interface MarginState {
  readonly wallet: Decimal
  readonly unrealized: Decimal
  readonly positionMargin: Decimal
  readonly orderMargin: Decimal
  readonly maintenance: Decimal
  readonly available: Decimal // may be negative
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
}

export type MarkOf = (symbol: string) => { instrument: Instrument; mark: Decimal }

/** The leverage of a symbol: what the account chose, or the venue's 20. */
export function leverageOf(account: Account, symbol: string): number {
  return account.leverage.get(symbol) ?? 20
}

/** A position's figures at its mark price. */
export function positionState(account: Account, symbol: string, markOf: MarkOf): PositionState {
  const position = account.position(symbol)
  const { instrument, mark } = markOf(symbol)
  const notional = position.quantity.times(mark)
  const isOpen = !position.quantity.eq(0)
  return {
    position,
    instrument,
    mark,
    notional,
    entry: isOpen ? position.cost.div(position.quantity) : new Decimal(0),
    unrealized: notional.minus(position.cost).toDecimalPlaces(8),
    initial: notional.abs().div(leverageOf(account, symbol)).toDecimalPlaces(8, Decimal.ROUND_UP),
    maintenance: notional.abs().times(instrument.maintenance).toDecimalPlaces(8, Decimal.ROUND_UP),
  }
}

/** The account's margin at the current mark prices. */
export function marginState(account: Account, currency: string, markOf: MarkOf): MarginState {
  const wallet = account.balance(currency).free
  const zero = new Decimal(0)
  let [unrealized, positionMargin, maintenance, orderMargin] = [zero, zero, zero, zero]
  for (const [symbol, position] of account.positions) {
    if (position.quantity.eq(0)) continue
    const state = positionState(account, symbol, markOf)
    unrealized = unrealized.plus(state.unrealized)
    positionMargin = positionMargin.plus(state.initial)
    maintenance = maintenance.plus(state.maintenance)
  }
  for (const symbol of symbolsWithOrders(account)) {
    const margin = Decimal.max(restingMargin(account, symbol, 'buy'), restingMargin(account, symbol, 'sell'))
    orderMargin = orderMargin.plus(margin)
  }
  const available = wallet.plus(unrealized).minus(positionMargin).minus(orderMargin)
  return { wallet, unrealized, positionMargin, orderMargin, maintenance, available }
}

/**
 * The mark price of a symbol at which the account's equity meets its maintenance margin, all else as it is: the venue's
 * cross-margin formula. Undefined when no price of the symbol does that.
 */
export function liquidationPrice(
  account: Account,
  symbol: string,
  currency: string,
  markOf: MarkOf,
): Decimal | undefined {
  const { position, instrument, unrealized, maintenance } = positionState(account, symbol, markOf)
  const { quantity, cost } = position
  if (quantity.eq(0)) return undefined
  const all = marginState(account, currency, markOf)
  const others = {
    unrealized: all.unrealized.minus(unrealized),
    maintenance: all.maintenance.minus(maintenance),
  }
  const missing = others.maintenance.plus(cost).minus(all.wallet).minus(others.unrealized)
  const price = missing.div(quantity.minus(quantity.abs().times(instrument.maintenance)))
  return price.gt(0) ? price : undefined
}

/** How much of a quantity would open or grow a position, not reduce it. */
export function opening(account: Account, symbol: string, side: Side, quantity: Decimal): Decimal {
  const held = account.positions.get(symbol)?.quantity ?? new Decimal(0)
  const reduces = side === 'buy' ? held.lt(0) : held.gt(0)
  return reduces ? Decimal.max(0, quantity.minus(held.abs())) : quantity
}

/** Margin that the resting orders of one side hold: those that reduce the position hold none. */
function restingMargin(account: Account, symbol: string, side: Side): Decimal {
  let [quantity, notional] = [new Decimal(0), new Decimal(0)]
  for (const order of account.open.values()) {
    const { record } = order
    if (record.symbol !== symbol || record.side !== side || record.reduceOnly || isConditional(order))
      continue
    quantity = quantity.plus(order.remaining)
    notional = notional.plus(order.remaining.times(order.price ?? 0))
  }
  if (quantity.eq(0)) return quantity
  const share = opening(account, symbol, side, quantity).div(quantity)
  return notional.times(share).div(leverageOf(account, symbol)).toDecimalPlaces(8, Decimal.ROUND_UP)
}

function symbolsWithOrders(account: Account): Set<string> {
  return new Set([...account.open.values()].map((order) => order.record.symbol))
}
