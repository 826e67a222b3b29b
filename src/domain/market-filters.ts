import { Decimal, type DecimalText } from './decimal.ts'
import { stepsReaching, stepsWithin } from './whole-steps.ts'

/**
 * What a venue accepts on one symbol, as decimal text. Quantities are in base units everywhere; a venue that counts
 * contracts is converted at its door (`contractSize` base units each).
 */
export interface MarketFilters {
  readonly symbol: string
  readonly base: string
  readonly quote: string
  readonly tickSize: DecimalText
  readonly stepSize: DecimalText
  readonly minQuantity: DecimalText
  readonly minNotional: DecimalText
  readonly maxQuantity?: DecimalText
  readonly contractSize?: DecimalText
  /** The largest leverage the venue grants on this symbol; absent on spot. */
  readonly maxLeverage?: number
}

/** Rounds a price to the nearest tick, as decimal text. */
export function roundPrice(
  price: number | DecimalText,
  filters: Pick<MarketFilters, 'tickSize'>,
): DecimalText {
  const tick = new Decimal(filters.tickSize)
  return new Decimal(price).div(tick).toDecimalPlaces(0, Decimal.ROUND_HALF_UP).times(tick).toString()
}

/** Rounds a quantity down to the step, as decimal text: a size rounded up is one we cannot pay. */
export function roundQuantity(
  quantity: number | DecimalText | Decimal,
  filters: Pick<MarketFilters, 'stepSize'>,
): DecimalText {
  return stepsWithin(quantity, filters).toString()
}

/** The smallest quantity the venue takes at this price, rounded up to the step. */
export function minimumQuantity(price: number | DecimalText, filters: MarketFilters): DecimalText {
  const { minNotional, minQuantity } = filters
  const rough = Math.max(Number(minNotional) / Number(price), Number(minQuantity))
  const reckon = () => Decimal.max(new Decimal(minNotional).div(price), minQuantity)
  return stepsReaching(rough, reckon, filters).toString()
}

/** Which filter an order breaks, or undefined when the venue takes it. */
export function brokenFilter(
  order: { readonly quantity: DecimalText; readonly price: number | DecimalText },
  filters: MarketFilters,
): 'minQuantity' | 'maxQuantity' | 'minNotional' | 'stepSize' | undefined {
  const quantity = new Decimal(order.quantity)
  if (quantity.lte(0) || quantity.lt(filters.minQuantity)) return 'minQuantity'
  if (filters.maxQuantity !== undefined && quantity.gt(filters.maxQuantity)) return 'maxQuantity'
  if (!quantity.mod(filters.stepSize).isZero()) return 'stepSize'
  if (quantity.times(order.price).lt(filters.minNotional)) return 'minNotional'
  return undefined
}
