import { isConditional } from '../../core/account.ts'
import type { Order } from '../../core/order.ts'
import type { Placement } from '../../core/placement.ts'
import { type Endpoint, findInstrumentOf, instrumentOf, type SignedCall } from './call.ts'
import { Failure, refusal, unknownCancel, unknownOrder } from './failure.ts'
import { precise, remembered, sideOf } from './futures.ts'
import { wireSymbol } from './instruments.ts'
import { legOf, positionSideOf } from './legs.ts'
import { newClientId } from './look-up.ts'

const types = ['STOP', 'STOP_MARKET', 'TAKE_PROFIT', 'TAKE_PROFIT_MARKET'] as const

/** Conditional futures orders: they live under ids of their own, and triggering starts an ordinary order. */
export const algoEndpoints: Record<string, Endpoint> = {
  'POST /fapi/v1/algoOrder': { access: 'signed', market: 'futures', isOrder: true, weight: 1, answer: place },
  'GET /fapi/v1/algoOrder': {
    access: 'signed',
    market: 'futures',
    weight: 1,
    answer: (call) => shown(call, remembered(call, sought(call, unknownOrder))),
  },
  'DELETE /fapi/v1/algoOrder': { access: 'signed', market: 'futures', weight: 1, answer: cancel },
  'DELETE /fapi/v1/algoOpenOrders': { access: 'signed', market: 'futures', weight: 1, answer: cancelAll },
  'GET /fapi/v1/openAlgoOrders': {
    access: 'signed',
    market: 'futures',
    weight: (parameters) => (parameters.find('symbol') === undefined ? 40 : 1),
    answer: (call) => listed(call, (order) => order.status === 'open'),
  },
  'GET /fapi/v1/allAlgoOrders': {
    access: 'signed',
    market: 'futures',
    weight: 5,
    answer: (call) => listed(call, () => true),
  },
}

function place(call: SignedCall) {
  const { parameters, exchange, account } = call
  if (parameters.text('algoType') !== 'CONDITIONAL') throw new Failure(-1102, 'Invalid algoType.')
  const instrument = instrumentOf(call, 'futures')
  const side = sideOf(call)
  const leg = legOf(call)
  const type = parameters.oneOf('type', types, new Failure(-1116, 'Invalid orderType.'))
  const isLimit = type === 'STOP' || type === 'TAKE_PROFIT'
  const closePosition = parameters.flag('closePosition')
  const timeInForce = parameters.find('timeInForce') ?? 'GTC'
  const price = precise(call, 'triggerPrice', instrument.tick).toString()
  const when = (side === 'buy') === type.startsWith('STOP') ? 'rises' : 'falls'
  const placement: Placement = {
    clientOrderId: parameters.findClientId('clientAlgoId') ?? newClientId(call),
    side,
    type: isLimit ? 'limit' : 'market',
    timeInForce: timeInForce === 'IOC' || timeInForce === 'FOK' ? timeInForce : 'GTC',
    postOnly: false,
    ...(leg && { leg }),
    reduceOnly: parameters.flag('reduceOnly'),
    closePosition,
    endsWithPosition: timeInForce === 'GTE_GTC',
    quantity: closePosition ? undefined : precise(call, 'quantity', instrument.step),
    price: isLimit ? precise(call, 'price', instrument.tick) : undefined,
    trigger: { price, when, becomesNew: true },
    wire: { type, timeInForce, workingType: parameters.find('workingType') ?? 'CONTRACT_PRICE' },
    receivedAt: call.receivedAt,
  }
  const placed = exchange.place(account, instrument, placement)
  if ('refused' in placed) throw refusal(instrument, placed.refused)
  return shown(call, placed.order)
}

function cancel(call: SignedCall) {
  const order = sought(call, unknownCancel)
  if (!call.exchange.cancel(call.account, order)) throw unknownCancel()
  return { algoId: order.record.id, clientAlgoId: order.record.clientOrderId, code: '200', msg: 'success' }
}

function cancelAll(call: SignedCall) {
  const { symbol } = instrumentOf(call, 'futures')
  for (const order of [...call.account.open.values()]) {
    if (isConditional(order) && order.record.symbol === symbol) call.exchange.cancel(call.account, order)
  }
  return { code: 200, msg: 'The operation of cancel all open order is done.' }
}

function sought({ parameters, account, exchange }: SignedCall, unknown: () => Failure): Order {
  exchange.advance()
  const id = parameters.findInteger('algoId')
  const clientId = parameters.findClientId('clientAlgoId')
  if (id === undefined && clientId === undefined) {
    throw new Failure(-1102, "Param 'clientAlgoId' or 'algoId' must be sent, but both were empty/null!")
  }
  const order = id === undefined ? account.findByClientId(clientId as string, true) : account.orders.get(id)
  if (order === undefined || !isConditional(order)) throw unknown()
  return order
}

function listed(call: SignedCall, isWanted: (order: Order) => boolean) {
  const instrument = findInstrumentOf(call, 'futures')
  call.exchange.advance()
  return [...call.account.orders.values()]
    .filter((order) => isConditional(order) && isWanted(order))
    .filter(({ record }) => (instrument?.symbol ?? record.symbol) === record.symbol)
    .map((order) => shown(call, order))
}

function shown({ account }: SignedCall, order: Order) {
  const { record } = order
  const became = order.becameOrderId === undefined ? undefined : account.orders.get(order.becameOrderId)
  return {
    algoId: record.id,
    clientAlgoId: record.clientOrderId,
    algoType: 'CONDITIONAL',
    orderType: record.wire.type,
    symbol: wireSymbol(record.symbol),
    side: record.side.toUpperCase(),
    positionSide: positionSideOf(record.leg),
    timeInForce: record.wire.timeInForce,
    quantity: record.quantity,
    algoStatus: algoStatusOf(order, became),
    actualOrderId: became === undefined ? '' : String(became.record.id),
    actualPrice: became?.filled.gt(0)
      ? became.filledQuote.div(became.filled).toDecimalPlaces(8).toString()
      : '0',
    triggerPrice: record.trigger?.price,
    price: record.price ?? '0',
    icebergQuantity: null,
    selfTradePreventionMode: 'EXPIRE_MAKER',
    workingType: record.wire.workingType,
    priceMatch: 'NONE',
    closePosition: record.closePosition,
    priceProtect: false,
    reduceOnly: record.reduceOnly,
    createTime: record.createdAt,
    updateTime: Math.max(order.updatedAt, became?.updatedAt ?? 0),
    triggerTime: order.triggeredAt ?? 0,
    goodTillDate: 0,
  }
}

/** TRIGGERED while the order it became still works, FINISHED once that has ended. */
export function algoStatusOf(order: Order, became: Order | undefined): string {
  if (order.status === 'triggered') return became?.status === 'open' ? 'TRIGGERED' : 'FINISHED'
  return { open: 'NEW', canceled: 'CANCELED', expired: 'EXPIRED', rejected: 'REJECTED', filled: 'FINISHED' }[
    order.status
  ]
}
