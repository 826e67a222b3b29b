import { Decimal, type DecimalText } from '../../domain/decimal.ts'
import type { Account } from './account.ts'
import type { Side, Take } from './book.ts'
import type { Instrument } from './instrument.ts'
import { leverageOf, type MarkOf, marginState, opening, positionCap, restingQuantity } from './margin.ts'
import type { Trigger } from './order.ts'
import type { Placement } from './placement.ts'
import { type Leg, reducibleOf } from './position.ts'
import type { Refusal } from './refusal.ts'

const feeReserve = '0.0005' // of the notional, kept for the fee when margin is checked

/** Why the account cannot pay for an order; undefined when it can. `takes` is what the book would give at once. */
export function shortage(
  account: Account,
  instrument: Instrument,
  wish: Placement,
  quantity: Decimal,
  takes: readonly Take[],
  markOf: MarkOf,
): Refusal | undefined {
  if (instrument.market === 'futures') {
    if (wish.reduceOnly || wish.closePosition || wish.trigger !== undefined) return undefined
    const { side, leg } = wish
    const needed = { side, leg, quantity, price: priceOf(wish.price, takes) }
    if (isBeyondCap(account, instrument, needed, markOf)) return 'position-limit'
    return isBeyondMargin(account, instrument, needed, markOf) ? 'insufficient-margin' : undefined
  }
  const lock = lockOf(instrument, wish, quantity)
  const needed = lock.gt(0) ? lock : wish.side === 'buy' ? withFee(costOf(takes), wish) : quantity
  const { free } = account.balance(wish.side === 'buy' ? instrument.quote : instrument.base)
  return free.lt(needed) ? 'insufficient-balance' : undefined
}

/** An order that may open something, as far as margin is concerned. */
interface Needed {
  readonly side: Side
  readonly leg?: Leg
  readonly quantity: Decimal
  readonly price: Decimal | undefined
}

/** Whether opening this much needs more margin than the account has to spare. Without a price the mark price counts. */
export function isBeyondMargin(
  account: Account,
  { symbol, quote }: Instrument,
  wanted: Needed,
  markOf: MarkOf,
): boolean {
  const grows = opening(account, symbol, wanted)
  if (grows.lte(0)) return false
  const price = wanted.price ?? markOf(symbol).mark
  const rate = new Decimal(1).div(leverageOf(account, symbol)).plus(feeReserve)
  return marginState(account, quote, markOf).available.lt(grows.times(price).times(rate))
}

/** Whether opening this much makes a position larger than the venue lets be held at the account's leverage. */
function isBeyondCap(account: Account, instrument: Instrument, wanted: Needed, markOf: MarkOf): boolean {
  const { symbol } = instrument
  const grows = opening(account, symbol, wanted)
  if (instrument.capAtMost === undefined || grows.lte(0)) return false
  const signed = wanted.side === 'buy' ? grows : grows.neg()
  const waiting = restingQuantity(account, symbol, wanted)
  const total = account.held(symbol, wanted.leg).plus(signed).abs().plus(waiting)
  const price = wanted.price ?? markOf(symbol).mark
  return total.times(price).gt(positionCap(instrument, leverageOf(account, symbol)))
}

/** What decides how much an order reserves. */
interface Priced {
  readonly side: Side
  readonly price?: Decimal | DecimalText
  readonly trigger?: Trigger
  readonly feeRate?: DecimalText
}

/** What a spot order reserves while it stands; an order that is filled at once reserves nothing. */
export function lockOf(instrument: Instrument, wish: Priced, quantity: Decimal): Decimal {
  const price = wish.price ?? wish.trigger?.price
  if (instrument.market === 'futures' || price === undefined) return new Decimal(0)
  if (wish.side === 'sell') return quantity
  const lock = withFee(quantity.times(price), wish)
  return instrument.costDecimals === undefined
    ? lock
    : lock.toDecimalPlaces(instrument.costDecimals, Decimal.ROUND_UP)
}

/** A cost together with what is kept for its fee. */
export function withFee(cost: Decimal, { feeRate }: { readonly feeRate?: DecimalText }): Decimal {
  return feeRate === undefined ? cost : cost.plus(cost.times(feeRate))
}

/** How much an order of this side could take off the position. */
export function reducible(
  account: Account,
  symbol: string,
  { side, leg }: { readonly side: Side; readonly leg?: Leg },
): Decimal {
  return reducibleOf(account.held(symbol, leg), side)
}

/** Σ price·quantity. */
export function costOf(takes: readonly Take[]): Decimal {
  return takes.reduce((cost, take) => cost.plus(take.price.times(take.quantity)), new Decimal(0))
}

/** The limit, else the average of what the book gives; undefined when it gives nothing. */
export function priceOf(limit: Decimal | undefined, takes: readonly Take[]): Decimal | undefined {
  if (limit !== undefined || takes.length === 0) return limit
  return costOf(takes).div(quantityOf(takes))
}

/** Σ quantity. */
export function quantityOf(takes: readonly Take[]): Decimal {
  return takes.reduce((total, take) => total.plus(take.quantity), new Decimal(0))
}
