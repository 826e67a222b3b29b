import type { Decimal } from '../../domain/decimal.ts'
import type { AttachedClose, AttachedStop, Protects } from './attached.ts'
import type { OrderWish } from './booking.ts'
import { lockOf } from './funds.ts'
import type { Instrument } from './instrument.ts'
import type { Order } from './order.ts'

/** The order that a position's stop or target is; `held` is the position's quantity, `id` names it where nobody has. */
export function protection(protects: Protects, held: Decimal, stop: AttachedStop, id: number): OrderWish {
  const isLong = held.gt(0)
  return {
    clientOrderId: stop.clientOrderId ?? `${protects}-${id}`,
    side: isLong ? 'sell' : 'buy',
    type: 'market',
    timeInForce: 'GTC',
    reduceOnly: true,
    closePosition: true,
    endsWithPosition: true,
    quantity: '0',
    lock: '0',
    trigger: {
      price: stop.price,
      when: isLong === (protects === 'stop-loss') ? 'falls' : 'rises',
      becomesNew: false,
    },
    protects,
    wire: stop.wire,
  }
}

/** The order that an entry leaves behind: the other way, as much as it has filled, in whole steps. */
export function closing(entry: Order, close: AttachedClose, instrument: Instrument, id: number): OrderWish {
  const { record } = entry
  const side = record.side === 'buy' ? 'sell' : 'buy'
  const quantity = entry.filled.div(instrument.step).floor().times(instrument.step)
  const { feeRate } = record
  const lock = lockOf(instrument, { side, price: close.price, trigger: close.trigger, feeRate }, quantity)
  return {
    clientOrderId: close.clientOrderId ?? `close-${id}`,
    side,
    type: close.type,
    timeInForce: 'GTC',
    ...(record.leg && { leg: record.leg }),
    reduceOnly: false,
    closePosition: false,
    quantity: quantity.toString(),
    ...(close.price !== undefined && { price: close.price }),
    lock: lock.toString(),
    ...(feeRate !== undefined && { feeRate }),
    ...(close.trigger && { trigger: close.trigger }),
    attachedTo: record.id,
    wire: close.wire,
  }
}
