import type { DecimalText } from '#src/domain/decimal.ts'
import type { Account } from '../../core/account.ts'
import type { Instrument } from '../../core/instrument.ts'
import type { Fill, Order } from '../../core/order.ts'
import type { Placement } from '../../core/placement.ts'
import { type Endpoint, findInstrumentOf, instrumentOf, type SignedCall } from './call.ts'
import { Failure, refusal, unknownCancel, unknownOrder } from './failure.ts'
import { feeRates } from './fees.ts'
import { wireSymbol } from './instruments.ts'
import { fillsOf, newClientId, ordersOf, soughtOrder } from './look-up.ts'
import type { Parameters } from './parameters.ts'

const sides = ['BUY', 'SELL'] as const
const types = [
  'LIMIT',
  'MARKET',
  'STOP_LOSS',
  'STOP_LOSS_LIMIT',
  'TAKE_PROFIT',
  'TAKE_PROFIT_LIMIT',
  'LIMIT_MAKER',
] as const
const known = new Set(
  'symbol side type timeInForce quantity quoteOrderQty price newClientOrderId strategyId strategyType stopPrice newOrderRespType selfTradePreventionMode recvWindow timestamp'.split(
    ' ',
  ),
)

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
    answer: (call) => shown(soughtOrder(call, 'spot', unknownOrder)),
  },
  'DELETE /api/v3/order': { access: 'signed', market: 'spot', weight: 1, answer: cancel },
  'DELETE /api/v3/openOrders': { access: 'signed', market: 'spot', weight: 1, answer: cancelAll },
  'GET /api/v3/openOrders': {
    access: 'signed',
    market: 'spot',
    weight: (parameters) => (parameters.find('symbol') === undefined ? 80 : 6),
    answer: (call) => {
      const instrument = findInstrumentOf(call, 'spot')
      return openOrders(call.account, instrument).map(shown)
    },
  },
  'GET /api/v3/allOrders': {
    access: 'signed',
    market: 'spot',
    weight: 20,
    answer: (call) => ordersOf(call, instrumentOf(call, 'spot')).map(shown),
  },
  'GET /api/v3/myTrades': {
    access: 'signed',
    market: 'spot',
    weight: 20,
    answer: (call) => fillsOf(call, instrumentOf(call, 'spot')).map(trade),
  },
  'GET /api/v3/account': { access: 'signed', market: 'spot', weight: 20, answer: accountOf },
  'GET /api/v3/account/commission': { access: 'signed', market: 'spot', weight: 20, answer: commission },
}

/** Reads an order's parameters as the venue does, type by type. */
function wish(call: SignedCall): { instrument: Instrument; placement: Placement } {
  const { parameters } = call
  parameters.onlyKnow(known)
  const instrument = instrumentOf(call, 'spot')
  const side = parameters.oneOf('side', sides, new Failure(-1117, 'Invalid side.')) === 'BUY' ? 'buy' : 'sell'
  const type = parameters.oneOf('type', types, new Failure(-1116, 'Invalid orderType.'))
  const hasPrice = type === 'LIMIT' || type === 'LIMIT_MAKER' || type.endsWith('_LIMIT')
  const hasTrigger = type.startsWith('STOP_LOSS') || type.startsWith('TAKE_PROFIT')
  const timeInForce = timeInForceOf(parameters, hasPrice && type !== 'LIMIT_MAKER')
  const quoteQuantity = type === 'MARKET' ? parameters.findDecimal('quoteOrderQty') : undefined
  const quantity = quoteQuantity === undefined ? parameters.decimal('quantity') : undefined
  if (!hasPrice && parameters.find('price') !== undefined) throw unneeded('price')
  if (!hasTrigger && parameters.find('stopPrice') !== undefined) throw unneeded('stopPrice')
  const stop = hasTrigger ? parameters.decimal('stopPrice') : undefined
  const when = (side === 'buy') === type.startsWith('STOP_LOSS') ? 'rises' : 'falls'
  const clientOrderId = parameters.findClientId('newClientOrderId') ?? newClientId(call)
  const placement: Placement = {
    clientOrderId,
    side,
    type: hasPrice ? 'limit' : 'market',
    timeInForce,
    postOnly: type === 'LIMIT_MAKER',
    reduceOnly: false,
    closePosition: false,
    quantity,
    quoteQuantity,
    price: hasPrice ? parameters.decimal('price') : undefined,
    trigger: stop && { price: stop.toString(), when, becomesNew: false },
    wire: quoteQuantity === undefined ? { type } : { type, quoteOrderQty: quoteQuantity.toString() },
  }
  return { instrument, placement }
}

/** Reads an order without placing it. */
function test(call: SignedCall) {
  wish(call)
  return {}
}

function timeInForceOf(parameters: Parameters, isNeeded: boolean): Placement['timeInForce'] {
  if (!isNeeded) {
    if (parameters.find('timeInForce') !== undefined) throw unneeded('timeInForce')
    return 'GTC'
  }
  return parameters.oneOf('timeInForce', ['GTC', 'IOC', 'FOK'], new Failure(-1115, 'Invalid timeInForce.'))
}

function unneeded(name: string): Failure {
  return new Failure(-1106, `Parameter '${name}' sent when not required.`)
}

function place(call: SignedCall) {
  const { instrument, placement } = wish(call)
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
    ...state(order),
    workingTime: order.isWorking ? order.record.createdAt : -1,
  }
  return response === 'RESULT' ? result : { ...result, fills: order.fills.map(fillLine) }
}

function fillLine(fill: Fill) {
  return {
    price: eight(fill.price),
    qty: eight(fill.quantity),
    commission: eight(fill.fee),
    commissionAsset: fill.feeCurrency,
    tradeId: fill.id,
  }
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
    ...state(order),
  }
}

function openOrders(account: Account, instrument: Instrument | undefined): Order[] {
  return [...account.open.values()].filter(
    ({ record }) => (instrument?.symbol ?? record.symbol) === record.symbol,
  )
}

function state(order: Order) {
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

function shown(order: Order) {
  const { record } = order
  return {
    symbol: wireSymbol(record.symbol),
    orderId: record.id,
    orderListId: -1,
    clientOrderId: record.clientOrderId,
    stopPrice: '0.00000000',
    icebergQty: '0.00000000',
    ...state(order),
    time: record.createdAt,
    updateTime: order.updatedAt,
    isWorking: order.isWorking,
    workingTime: order.isWorking ? (order.triggeredAt ?? record.createdAt) : -1,
  }
}

/** The venue's word for where an order stands. */
export function statusOf(order: Order): string {
  if (order.status === 'open') return order.filled.gt(0) ? 'PARTIALLY_FILLED' : 'NEW'
  return { filled: 'FILLED', canceled: 'CANCELED', expired: 'EXPIRED', triggered: 'EXPIRED' }[order.status]
}

function trade(fill: Fill) {
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

function accountOf({ account, exchange, parameters }: SignedCall) {
  exchange.advance()
  const balances = [...account.balances].map(([asset, { free, locked }]) => ({
    asset,
    free: free.toFixed(8),
    locked: locked.toFixed(8),
  }))
  const { maker, taker } = feeRates.spot
  return {
    makerCommission: 10,
    takerCommission: 10,
    buyerCommission: 0,
    sellerCommission: 0,
    commissionRates: { maker, taker, buyer: '0.00000000', seller: '0.00000000' },
    canTrade: true,
    canWithdraw: true,
    canDeposit: true,
    brokered: false,
    requireSelfTradePrevention: false,
    preventSor: false,
    updateTime: Math.max(
      account.createdAt,
      ...[...account.balances.values()].map(({ updatedAt }) => updatedAt),
    ),
    accountType: 'SPOT',
    balances: parameters.flag('omitZeroBalances')
      ? balances.filter(({ free, locked }) => Number(free) + Number(locked) > 0)
      : balances,
    permissions: ['SPOT'],
  }
}

function commission(call: SignedCall) {
  const instrument = instrumentOf(call, 'spot')
  const none = { maker: '0.00000000', taker: '0.00000000', buyer: '0.00000000', seller: '0.00000000' }
  const isBurning = call.account.settings.get('bnbBurn') === 'true'
  return {
    symbol: wireSymbol(instrument.symbol),
    standardCommission: { ...none, ...feeRates.spot },
    taxCommission: none,
    discount: {
      enabledForAccount: isBurning,
      enabledForSymbol: true,
      discountAsset: 'BNB',
      discount: '0.75000000',
    },
  }
}

/** An amount in the spot API's eight digits. */
function eight(amount: DecimalText): string {
  const [whole = '0', fraction = ''] = amount.split('.')
  return `${whole}.${fraction.slice(0, 8).padEnd(8, '0')}`
}
