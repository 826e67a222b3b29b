import { Decimal, type DecimalText } from '../../domain/decimal.ts'
import type { Attached } from './attached.ts'
import type { Side } from './book.ts'
import type { Instrument } from './instrument.ts'
import type { Trigger } from './order.ts'
import type { Leg } from './position.ts'
import type { Refusal } from './refusal.ts'

/** An order as a client wishes it. */
export interface Placement {
  readonly clientOrderId: string
  readonly side: Side
  readonly type: 'market' | 'limit'
  readonly timeInForce: 'GTC' | 'IOC' | 'FOK'
  readonly postOnly: boolean
  readonly leg?: Leg // the position meant, of accounts in hedge mode
  readonly reduceOnly: boolean
  readonly closePosition: boolean
  readonly endsWithPosition?: boolean // the venue takes it back when the position is gone
  readonly quantity?: Decimal
  readonly quoteQuantity?: Decimal // instead of a quantity, for market orders on spot
  readonly price?: Decimal
  readonly trigger?: Trigger
  readonly attached?: Attached
  readonly feeRate?: DecimalText // reserved beside the cost, where a buyer pays the fee in the quote currency
  readonly wire: Readonly<Record<string, string>>
  readonly receivedAt?: number // wall time its request came in
  readonly byHand?: boolean // placed in the venue's own app
}

/** The first of the instrument's limits that a wish breaks. `quantity` is what it comes to. */
export function brokenLimit(
  instrument: Instrument,
  wish: Placement,
  quantity: Decimal,
  lastPrice: number,
): Refusal | undefined {
  for (const price of [wish.price, wish.trigger?.price]) {
    if (price === undefined) continue
    if (instrument.minPrice.gt(price) || instrument.maxPrice.lt(price)) return 'price-range'
    if (!isMultiple(price, instrument.tick)) return 'price-tick'
  }
  if (!wish.closePosition) {
    if (quantity.lt(instrument.minQuantity)) return 'quantity-small'
    if (quantity.gt(instrument.maxQuantity)) return 'quantity-large'
    if (!isMultiple(quantity, instrument.step)) return 'quantity-step'
    if (wish.type === 'market' && quantity.gt(instrument.maxMarketQuantity)) return 'market-quantity'
  }
  if (wish.price !== undefined && wish.trigger === undefined) {
    const ratio = wish.price.toNumber() / lastPrice
    if (ratio > 1 + instrument.priceRange) return 'price-above'
    if (ratio < 1 / (1 + instrument.priceRange)) return 'price-below'
  }
  if (!wish.reduceOnly && !wish.closePosition) {
    const price = wish.price ?? wish.trigger?.price ?? String(lastPrice)
    const notional = wish.quoteQuantity ?? quantity.times(price)
    if (notional.lt(instrument.minNotional)) return 'notional'
  }
  return undefined
}

function isMultiple(value: Decimal | string, of: Decimal): boolean {
  return new Decimal(value).mod(of).eq(0)
}
