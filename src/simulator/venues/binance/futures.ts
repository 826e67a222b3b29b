import { Decimal } from '../../../domain/decimal.ts'
import { isConditional } from '../../core/account.ts'
import type { Instrument } from '../../core/instrument.ts'
import type { Fill, Order } from '../../core/order.ts'
import type { Placement } from '../../core/placement.ts'
import { type Endpoint, findInstrumentOf, instrumentOf, type SignedCall } from './call.ts'
import { Failure, refusal, unknownCancel, unknownOrder } from './failure.ts'
import { wireSymbol } from './instruments.ts'
import { legOf, positionSideOf } from './legs.ts'
import { fillsOf, newClientId, ordersOf, soughtOrder } from './look-up.ts'
import { statusOf } from './spot-answers.ts'

const forgottenAfterMs = 3 * 86_400_000 // orders that ended without a fill

/** The signed order endpoints of the futures market; conditional orders are in algo.ts, the account in wallet.ts. */
export const futuresEndpoints: Record<string, Endpoint> = {
  'POST /fapi/v1/order': { access: 'signed', market: 'futures', isOrder: true, weight: 1, answer: place },
  'GET /fapi/v1/order': {
    access: 'signed',
    market: 'futures',
    weight: 1,
    answer: (call) => shown(remembered(call, soughtOrder(call, 'futures', unknownOrder))),
  },
  'DELETE /fapi/v1/order': { access: 'signed', market: 'futures', weight: 1, answer: cancel },
  'DELETE /fapi/v1/allOpenOrders': { access: 'signed', market: 'futures', weight: 1, answer: cancelAll },
  'GET /fapi/v1/openOrders': {
    access: 'signed',
    market: 'futures',
    weight: (parameters) => (parameters.find('symbol') === undefined ? 40 : 1),
    answer: (call) => open(call, findInstrumentOf(call, 'futures')).map(shown),
  },
  'GET /fapi/v1/allOrders': {
    access: 'signed',
    market: 'futures',
    weight: 5,
    answer: (call) => ordersOf(call, instrumentOf(call, 'futures')).map(shown),
  },
  'GET /fapi/v1/forceOrders': { access: 'signed', market: 'futures', weight: 20, answer: forced },
  'GET /fapi/v1/userTrades': {
    access: 'signed',
    market: 'futures',
    weight: 5,
    answer: (call) => fillsOf(call, instrumentOf(call, 'futures')).map(trade),
  },
}

export function sideOf({ parameters }: SignedCall): 'buy' | 'sell' {
  return parameters.oneOf('side', ['BUY', 'SELL'], new Failure(-1117, 'Invalid side.')) === 'BUY'
    ? 'buy'
    : 'sell'
}

/** A number with no more digits than the instrument has. */
export function precise(call: SignedCall, name: 'quantity' | 'price' | 'triggerPrice', of: Decimal): Decimal {
  const value = call.parameters.decimal(name)
  if (value.decimalPlaces() > of.decimalPlaces()) {
    throw new Failure(-1111, 'Precision is over the maximum defined for this asset.')
  }
  return value
}

function place(call: SignedCall) {
  const { parameters, exchange, account } = call
  const instrument = instrumentOf(call, 'futures')
  const side = sideOf(call)
  const leg = legOf(call)
  const type = parameters.text('type')
  if (/^(STOP|TAKE_PROFIT|TRAILING_STOP)/.test(type)) {
    throw new Failure(
      -4120,
      'Order type not supported for this endpoint. Please use the Algo Order API endpoints instead.',
    )
  }
  if (type !== 'LIMIT' && type !== 'MARKET') throw new Failure(-1116, 'Invalid orderType.')
  const timeInForce =
    type === 'LIMIT'
      ? parameters.oneOf(
          'timeInForce',
          ['GTC', 'IOC', 'FOK', 'GTX'],
          new Failure(-1115, 'Invalid timeInForce.'),
        )
      : 'GTC'
  const placement: Placement = {
    clientOrderId: parameters.findClientId('newClientOrderId') ?? newClientId(call),
    side,
    type: type === 'LIMIT' ? 'limit' : 'market',
    timeInForce: timeInForce === 'GTX' ? 'GTC' : timeInForce,
    postOnly: timeInForce === 'GTX',
    ...(leg && { leg }),
    reduceOnly: parameters.flag('reduceOnly'),
    closePosition: false,
    quantity: precise(call, 'quantity', instrument.step),
    price: type === 'LIMIT' ? precise(call, 'price', instrument.tick) : undefined,
    wire: { type, timeInForce },
    receivedAt: call.receivedAt,
  }
  const placed = exchange.place(account, instrument, placement)
  if ('refused' in placed) throw refusal(instrument, placed.refused)
  const answer = shown(placed.order)
  if (parameters.find('newOrderRespType') === 'RESULT') return answer
  return { ...answer, status: 'NEW', executedQty: '0', cumQty: '0', cumQuote: '0', avgPrice: '0.00' }
}

function cancel(call: SignedCall) {
  const order = soughtOrder(call, 'futures', unknownCancel)
  if (!call.exchange.cancel(call.account, order)) throw unknownCancel()
  return { ...shown(order), status: 'CANCELED' }
}

function cancelAll(call: SignedCall) {
  for (const order of open(call, instrumentOf(call, 'futures'))) call.exchange.cancel(call.account, order)
  return { code: 200, msg: 'The operation of cancel all open order is done.' }
}

function open({ account, exchange }: SignedCall, instrument: Instrument | undefined): Order[] {
  exchange.advance()
  return [...account.open.values()].filter(
    (order) => !isConditional(order) && (instrument?.symbol ?? order.record.symbol) === order.record.symbol,
  )
}

/** Orders by which the venue took positions away, newest first. */
function forced(call: SignedCall) {
  const instrument = findInstrumentOf(call, 'futures')
  call.exchange.advance()
  return [...call.account.orders.values()]
    .filter(({ record }) => record.forced !== undefined)
    .filter(({ record }) => (instrument?.symbol ?? record.symbol) === record.symbol)
    .reverse()
    .slice(0, Math.min(call.parameters.findInteger('limit') ?? 50, 100))
    .map(shown)
}

/** The venue forgets orders that ended three days ago without a fill. */
export function remembered(call: SignedCall, order: Order): Order {
  const isEmpty = order.status !== 'open' && order.status !== 'triggered' && order.filled.eq(0)
  if (isEmpty && call.exchange.clock.wallNow() - order.record.createdAt > forgottenAfterMs)
    throw unknownOrder()
  return order
}

function shown(order: Order) {
  const { record } = order
  const average = order.filled.gt(0) ? order.filledQuote.div(order.filled).toDecimalPlaces(8) : new Decimal(0)
  return {
    orderId: record.id,
    symbol: wireSymbol(record.symbol),
    status: statusOf(order),
    clientOrderId: record.clientOrderId,
    price: record.price ?? '0',
    avgPrice: average.toString(),
    origQty: record.quantity,
    executedQty: order.filled.toString(),
    cumQty: order.filled.toString(),
    cumQuote: order.filledQuote.toString(),
    timeInForce: record.wire.timeInForce ?? record.timeInForce,
    type: record.type === 'limit' ? 'LIMIT' : 'MARKET',
    reduceOnly: record.reduceOnly,
    closePosition: record.closePosition,
    side: record.side.toUpperCase(),
    positionSide: positionSideOf(record.leg),
    stopPrice: '0',
    workingType: 'CONTRACT_PRICE',
    priceProtect: false,
    origType: record.wire.type,
    priceMatch: 'NONE',
    selfTradePreventionMode: 'EXPIRE_MAKER',
    goodTillDate: 0,
    time: record.createdAt,
    updateTime: order.updatedAt,
  }
}

function trade(fill: Fill) {
  return {
    symbol: wireSymbol(fill.symbol),
    id: fill.id,
    orderId: fill.orderId,
    side: fill.side.toUpperCase(),
    price: fill.price,
    qty: fill.quantity,
    realizedPnl: fill.realizedPnl,
    quoteQty: fill.quoteQuantity,
    commission: fill.fee,
    commissionAsset: fill.feeCurrency,
    time: fill.at,
    positionSide: positionSideOf(fill.leg),
    buyer: fill.side === 'buy',
    maker: fill.maker,
    marginAsset: fill.symbol.split('/')[1],
  }
}
