import { Decimal } from '../../../../domain/decimal.ts'
import type { Account } from '../../../core/account.ts'
import type { Event } from '../../../core/event.ts'
import type { Fill, Order } from '../../../core/order.ts'
import { feeInQuote } from '../order-answer.ts'
import { clientIdOf, pricesOf } from '../told.ts'
import { txidOf } from '../txid.ts'
import { stamp } from './message.ts'

/** What the channel `executions` says of one event; the order it is about comes with it. */
export interface ExecutionNews {
  readonly order: Order
  readonly row: object
}

/** What has happened to an account's orders, event by event. */
export function executionsOf(account: Account, events: readonly Event[]): ExecutionNews[] {
  return events.flatMap((event): ExecutionNews[] => {
    const order = orderOf(account, event)
    if (order === undefined) return []
    return rowsOf(order, event).map((row) => ({ order, row }))
  })
}

/** An order as a snapshot has it. */
export function openRow(order: Order) {
  const status = order.filled.gt(0) ? 'partially_filled' : 'new'
  return { ...wholeRow(order), ...sumsOf(order, order.fills), exec_type: 'new', order_status: status }
}

/** A trade, with what its order had come to by then. */
export function tradeRow(order: Order, fill: Fill) {
  const soFar = order.fills.slice(0, order.fills.findIndex(({ id }) => id === fill.id) + 1)
  return {
    ...namesOf(order),
    ...sumsOf(order, soFar),
    exec_type: 'trade',
    exec_id: txidOf('T', fill.id),
    trade_id: fill.id,
    order_status: 'partially_filled', // of the one that fills it, too; `filled` follows
    order_type: order.record.wire.ordertype,
    side: fill.side,
    last_qty: Number(fill.quantity),
    last_price: Number(fill.price),
    liquidity_ind: fill.maker ? 'm' : 't',
    cost: Number(fill.quoteQuantity),
    fees: [{ asset: fill.feeCurrency, qty: Number(fill.fee) }],
    timestamp: stamp(fill.at),
  }
}

function rowsOf(order: Order, event: Event): object[] {
  const names = namesOf(order)
  switch (event.kind) {
    case 'order': {
      const whole = { ...wholeRow(order), ...sumsOf(order, []) }
      return [
        { ...whole, exec_type: 'pending_new', order_status: 'pending_new' },
        { ...names, exec_type: 'new', order_status: 'new', timestamp: whole.timestamp },
      ]
    }
    case 'trigger':
      return [{ ...names, exec_type: 'status', order_status: 'new', timestamp: stamp(event.at) }]
    case 'fill': {
      const at = order.fills.findIndex(({ id }) => id === event.fill.id)
      const fill = order.fills[at]
      if (fill === undefined) return []
      const trade = tradeRow(order, fill)
      const isLast = order.status === 'filled' && at === order.fills.length - 1
      const over = { exec_type: 'filled', order_status: 'filled', timestamp: stamp(fill.at) }
      return isLast ? [trade, { ...names, ...sumsOf(order, order.fills), ...over }] : [trade]
    }
    case 'end':
      return [
        {
          ...names,
          ...sumsOf(order, order.fills),
          exec_type: 'canceled',
          order_status: 'canceled',
          reason: event.status === 'canceled' ? 'User requested' : 'Canceled by the venue',
          timestamp: stamp(event.at),
        },
      ]
    default:
      return []
  }
}

function orderOf(account: Account, event: Event): Order | undefined {
  if (event.kind === 'order') return account.orders.get(event.order.id)
  if (event.kind === 'fill') return account.orders.get(event.fill.orderId)
  if (event.kind === 'end' || event.kind === 'trigger') return account.orders.get(event.orderId)
  return undefined
}

/** What every row has: whose it is. */
function namesOf({ record }: Order) {
  const { userref } = record.wire
  const clientOrderId = clientIdOf(record)
  return {
    order_id: txidOf('O', record.id),
    ...(clientOrderId !== undefined && { cl_ord_id: clientOrderId }),
    ...(userref !== undefined && { order_userref: Number(userref) }),
    symbol: record.symbol,
  }
}

function wholeRow(order: Order) {
  const { record } = order
  const { ordertype = 'market', oflags } = record.wire
  const { price, price2 } = pricesOf(record)
  const limit = ordertype === 'limit' ? price : price2
  return {
    ...namesOf(order),
    side: record.side,
    order_type: ordertype,
    order_qty: Number(record.quantity),
    ...(limit !== undefined && { limit_price: Number(limit) }),
    ...(record.trigger !== undefined && {
      stop_price: Number(record.trigger.price),
      triggers: { price: Number(record.trigger.price), reference: 'last', price_type: 'static' },
    }),
    time_in_force: record.timeInForce,
    fee_ccy_pref: oflags?.includes('fcib') ? 'fcib' : 'fciq',
    timestamp: stamp(record.createdAt),
  }
}

/** What an order has come to with these of its fills. */
function sumsOf({ record }: Order, fills: readonly Fill[]) {
  const [, quote = ''] = record.symbol.split('/')
  let [quantity, cost, fee] = [new Decimal(0), new Decimal(0), new Decimal(0)]
  for (const fill of fills) {
    quantity = quantity.plus(fill.quantity)
    cost = cost.plus(fill.quoteQuantity)
    fee = fee.plus(feeInQuote(fill, quote))
  }
  return {
    cum_qty: quantity.toNumber(),
    cum_cost: cost.toNumber(),
    avg_price: quantity.gt(0) ? cost.div(quantity).toNumber() : 0,
    fee_usd_equiv: fee.toNumber(),
  }
}
