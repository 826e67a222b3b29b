import type { Account } from '../../core/account.ts'
import type { Instrument } from '../../core/instrument.ts'
import type { Order } from '../../core/order.ts'
import { type Endpoint, findInstrumentOf, instrumentOf, type SignedCall } from './call.ts'
import { refusal, unknownCancel, unknownOrder } from './failure.ts'
import { wireSymbol } from './instruments.ts'
import { fillsOf, newClientId, ordersOf, soughtOrder } from './look-up.ts'
import { spotAccount, spotCommission } from './spot-account.ts'
import { fillAnswer, orderAnswer, orderState, tradeAnswer } from './spot-answers.ts'
import { spotWish } from './spot-wish.ts'

/** The signed endpoints of the spot market. */
export const spotEndpoints: Record<string, Endpoint> = {
  'POST /api/v3/order': { access: 'signed', market: 'spot', isOrder: true, weight: 1, answer: place },
  'POST /api/v3/order/test': {
    access: 'signed',
    market: 'spot',
    weight: 1,
    answer: test,
  },
  'GET /api/v3/order': {
    access: 'signed',
    market: 'spot',
    weight: 4,
    answer: (call) => orderAnswer(soughtOrder(call, 'spot', unknownOrder)),
  },
  'DELETE /api/v3/order': { access: 'signed', market: 'spot', weight: 1, answer: cancel },
  'DELETE /api/v3/openOrders': { access: 'signed', market: 'spot', weight: 1, answer: cancelAll },
  'GET /api/v3/openOrders': {
    access: 'signed',
    market: 'spot',
    weight: (parameters) => (parameters.find('symbol') === undefined ? 80 : 6),
    answer: (call) => {
      const instrument = findInstrumentOf(call, 'spot')
      return openOrders(call.account, instrument).map(orderAnswer)
    },
  },
  'GET /api/v3/allOrders': {
    access: 'signed',
    market: 'spot',
    weight: 20,
    answer: (call) => ordersOf(call, instrumentOf(call, 'spot')).map(orderAnswer),
  },
  'GET /api/v3/myTrades': {
    access: 'signed',
    market: 'spot',
    weight: 20,
    answer: (call) => fillsOf(call, instrumentOf(call, 'spot')).map(tradeAnswer),
  },
  'GET /api/v3/account': { access: 'signed', market: 'spot', weight: 20, answer: spotAccount },
  'GET /api/v3/account/commission': { access: 'signed', market: 'spot', weight: 20, answer: spotCommission },
}

/** Reads an order without placing it. */
function test(call: SignedCall) {
  spotWish(call)
  return {}
}

function place(call: SignedCall) {
  const { instrument, placement } = spotWish(call)
  const placed = call.exchange.place(call.account, instrument, placement)
  if ('refused' in placed) throw refusal(instrument, placed.refused)
  const { order } = placed
  const isAtOnce = order.record.wire.type === 'MARKET' || order.record.wire.type === 'LIMIT'
  const response = call.parameters.find('newOrderRespType') ?? (isAtOnce ? 'FULL' : 'ACK')
  const acknowledged = {
    symbol: wireSymbol(order.record.symbol),
    orderId: order.record.id,
    orderListId: -1,
    clientOrderId: order.record.clientOrderId,
    transactTime: order.updatedAt,
  }
  if (response === 'ACK') return acknowledged
  const result = {
    ...acknowledged,
    ...orderState(order),
    workingTime: order.isWorking ? order.record.createdAt : -1,
  }
  return response === 'RESULT' ? result : { ...result, fills: order.fills.map(fillAnswer) }
}

/** The venue gives the cancellation an id of its own; the order's is in origClientOrderId. */
function cancel(call: SignedCall) {
  const order = soughtOrder(call, 'spot', unknownCancel)
  if (!call.exchange.cancel(call.account, order)) throw unknownCancel()
  return canceled(call, order)
}

function cancelAll(call: SignedCall) {
  const orders = openOrders(call.account, instrumentOf(call, 'spot'))
  if (orders.length === 0) throw unknownCancel()
  return orders
    .filter((order) => call.exchange.cancel(call.account, order))
    .map((order) => canceled(call, order))
}

function canceled(call: SignedCall, order: Order) {
  return {
    symbol: wireSymbol(order.record.symbol),
    origClientOrderId: order.record.clientOrderId,
    orderId: order.record.id,
    orderListId: -1,
    clientOrderId: call.parameters.findClientId('newClientOrderId') ?? newClientId(call),
    transactTime: order.updatedAt,
    ...orderState(order),
    status: 'CANCELED',
  }
}

function openOrders(account: Account, instrument: Instrument | undefined): Order[] {
  return [...account.open.values()].filter(
    ({ record }) => (instrument?.symbol ?? record.symbol) === record.symbol,
  )
}
