import { Decimal } from '../../domain/decimal.ts'
import type { Account } from './account.ts'
import { type MarkOf, marginState, positionState } from './margin.ts'
import type { Leg, Position } from './position.ts'

/** The mark price of a symbol at which its position is taken away; undefined when no price of the symbol does that. */
export function liquidationPrice(
  account: Account,
  symbol: string,
  currency: string,
  markOf: MarkOf,
  leg?: Leg,
): Decimal | undefined {
  const limit = liquidationLimit(account, symbol, currency, markOf, leg)
  return limit && positive(limit.price)
}

/** A price, and the way to it. */
interface PriceLimit {
  readonly price: Decimal // not above 0: no price is safe when it is reached rising, every price when falling
  readonly when: 'falls' | 'rises'
}

/**
 * Where a position is taken away: isolated, where what is set aside for it meets its maintenance margin; cross, where the
 * account's equity meets that of all its cross positions, all else as it is. Undefined when the price is no matter.
 */
export function liquidationLimit(
  account: Account,
  symbol: string,
  currency: string,
  markOf: MarkOf,
  leg?: Leg,
): PriceLimit | undefined {
  const { position, instrument, isIsolated } = positionState(account, symbol, markOf, leg)
  if (position.quantity.eq(0)) return undefined
  const { maintenance } = instrument
  if (isIsolated) {
    const { quantity, cost, margin } = position
    return limitOf(cost.minus(margin), quantity.minus(quantity.abs().times(maintenance)))
  }
  const { held, size, cost, others } = crossOf(account, symbol, currency, markOf)
  return limitOf(others.maintenance.plus(cost).minus(others.equity), held.minus(size.times(maintenance)))
}

/** The price at which nothing is left of what answers for a position; undefined when no price does that. */
export function bankruptcyPrice(
  account: Account,
  { symbol, leg }: Position,
  currency: string,
  markOf: MarkOf,
): Decimal | undefined {
  const { position, isIsolated, unrealized } = positionState(account, symbol, markOf, leg)
  const { quantity, cost, margin } = position
  if (quantity.eq(0)) return undefined
  if (isIsolated) return positive(cost.minus(margin).div(quantity))
  const { cross } = marginState(account, currency, markOf)
  const others = cross.wallet.plus(cross.unrealized).minus(unrealized)
  return positive(cost.minus(others).div(quantity))
}

/** A symbol's cross positions added up, both legs, and what the account has and needs without them. */
function crossOf(account: Account, symbol: string, currency: string, markOf: MarkOf) {
  const zero = new Decimal(0)
  let [held, size, cost, unrealized, maintenance] = [zero, zero, zero, zero, zero]
  for (const position of account.openPositions(symbol)) {
    const state = positionState(account, symbol, markOf, position.leg)
    held = held.plus(position.quantity)
    size = size.plus(position.quantity.abs())
    cost = cost.plus(position.cost)
    unrealized = unrealized.plus(state.unrealized)
    maintenance = maintenance.plus(state.maintenance)
  }
  const { cross } = marginState(account, currency, markOf)
  const others = {
    equity: cross.wallet.plus(cross.unrealized).minus(unrealized),
    maintenance: cross.maintenance.minus(maintenance),
  }
  return { held, size, cost, others }
}

/** Equity less maintenance is slope·price − missing: its zero, and on which side of it there is too little. */
function limitOf(missing: Decimal, slope: Decimal): PriceLimit | undefined {
  return slope.eq(0) ? undefined : { price: missing.div(slope), when: slope.gt(0) ? 'falls' : 'rises' }
}

function positive(price: Decimal): Decimal | undefined {
  return price.isFinite() && price.gt(0) ? price : undefined
}
