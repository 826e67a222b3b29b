import type { AttachedClose } from '../../core/attached.ts'
import type { OrderRecord } from '../../core/order.ts'
import { pairOf } from './pair.ts'
import { pricesOf } from './told.ts'

/** An order in a sentence, as every answer has it and clients read it: 'buy 0.01000000 XBTUSDT @ limit 50000.0'. */
export function sentenceOf(
  order: Pick<OrderRecord, 'symbol' | 'side' | 'quantity' | 'wire' | 'trigger' | 'price'>,
): string {
  const { symbol, side, quantity, wire } = order
  const volume = eight(wire.quoteVolume ?? quantity)
  return `${side} ${volume} ${pairOf(symbol).altname} @ ${kindOf(order)}`
}

/** What an order leaves behind where it is filled: 'close position @ stop loss 45000.0'; empty when that is nothing. */
export function closeSentenceOf(close: AttachedClose | undefined): string {
  return close === undefined ? '' : `close position @ ${kindOf(close)}`
}

/** The kind with its prices: 'stop loss 45000.0 -> limit 44900.0'. */
function kindOf(order: Pick<OrderRecord, 'wire' | 'trigger' | 'price'>): string {
  const { ordertype = 'market' } = order.wire
  const { price, price2 } = pricesOf(order)
  if (ordertype === 'market') return ordertype
  if (ordertype === 'limit') return `limit ${price}`
  const words = ordertype.replace(/-limit$/, '').replaceAll('-', ' ')
  return `${words} ${price}${price2 === undefined ? '' : ` -> limit ${price2}`}`
}

/** An amount with eight digits after the point. */
export function eight(amount: string): string {
  const [whole = '0', fraction = ''] = amount.split('.')
  return `${whole}.${fraction.slice(0, 8).padEnd(8, '0')}`
}
