import type { DecimalText } from '../../../domain/decimal.ts'
import type { Fill, Order } from '../../core/order.ts'
import { wireSymbol } from './instruments.ts'

/** What every spot answer says about an order. */
export function orderState(order: Order) {
  const { record } = order
  return {
    price: eight(record.price ?? '0'),
    origQty: eight(record.quantity),
    executedQty: order.filled.toFixed(8),
    origQuoteOrderQty: eight(record.wire.quoteOrderQty ?? '0'),
    cummulativeQuoteQty: order.filledQuote.toFixed(8),
    status: statusOf(order),
    timeInForce: record.timeInForce,
    type: record.wire.type,
    side: record.side.toUpperCase(),
    ...(record.trigger === undefined ? {} : { stopPrice: eight(record.trigger.price) }),
    selfTradePreventionMode: 'EXPIRE_MAKER',
  }
}

/** An order as the look-ups show it. */
export function orderAnswer(order: Order) {
  const { record } = order
  return {
    symbol: wireSymbol(record.symbol),
    orderId: record.id,
    orderListId: -1,
    clientOrderId: record.clientOrderId,
    stopPrice: '0.00000000',
    icebergQty: '0.00000000',
    ...orderState(order),
    time: record.createdAt,
    updateTime: order.updatedAt,
    isWorking: order.isWorking,
    workingTime: order.isWorking ? (order.triggeredAt ?? record.createdAt) : -1,
  }
}

/** The venue's word for where an order stands. */
export function statusOf(order: Order): string {
  if (order.status === 'open') return order.filled.gt(0) ? 'PARTIALLY_FILLED' : 'NEW'
  return {
    filled: 'FILLED',
    canceled: 'CANCELED',
    expired: 'EXPIRED',
    rejected: 'REJECTED',
    triggered: 'EXPIRED',
  }[order.status]
}

/** One execution as myTrades shows it. */
export function tradeAnswer(fill: Fill) {
  return {
    symbol: wireSymbol(fill.symbol),
    id: fill.id,
    orderId: fill.orderId,
    orderListId: -1,
    price: eight(fill.price),
    qty: eight(fill.quantity),
    quoteQty: eight(fill.quoteQuantity),
    commission: eight(fill.fee),
    commissionAsset: fill.feeCurrency,
    time: fill.at,
    isBuyer: fill.side === 'buy',
    isMaker: fill.maker,
    isBestMatch: true,
  }
}

/** One execution as the answer to the order shows it. */
export function fillAnswer(fill: Fill) {
  return {
    price: eight(fill.price),
    qty: eight(fill.quantity),
    commission: eight(fill.fee),
    commissionAsset: fill.feeCurrency,
    tradeId: fill.id,
  }
}

/** An amount in the spot API's eight digits. */
function eight(amount: DecimalText): string {
  const [whole = '0', fraction = ''] = amount.split('.')
  return `${whole}.${fraction.slice(0, 8).padEnd(8, '0')}`
}
