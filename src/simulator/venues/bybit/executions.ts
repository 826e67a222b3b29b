import { Decimal } from '../../../domain/decimal.ts'
import type { Account } from '../../core/account.ts'
import type { Fill, Order } from '../../core/order.ts'
import { type Endpoint, findInstrumentOf, ownMarketOf, pageSizeOf, type SignedCall } from './call.ts'
import { feeRates } from './fees.ts'
import { executionIdOf, findByOrderId, linkIdOf, orderIdOf } from './ids.ts'
import { wireSymbol } from './instruments.ts'
import { spanOf } from './look-up.ts'
import { createTypeOf, orderTypeOf } from './order-answer.ts'

/** Executions, newest first. */
export const executionEndpoints: Record<string, Endpoint> = {
  'GET /v5/execution/list': { access: 'signed', answer: executions },
}

function executions(call: SignedCall) {
  const { parameters, account, exchange } = call
  const market = ownMarketOf(call)
  const only = market === undefined ? undefined : findInstrumentOf(call, market)?.symbol
  const [id, linkId] = [parameters.find('orderId'), parameters.find('orderLinkId')]
  const isOfOne = id !== undefined || linkId !== undefined
  const order = id === undefined ? account.findByClientId(linkId ?? '') : findByOrderId(account, id)
  const size = pageSizeOf(call, { usual: 50, most: 100 })
  exchange.advance()
  const { from, to } = spanOf(call, exchange.clock.wallNow())
  const before = parameters.findInteger('cursor') ?? Number.POSITIVE_INFINITY
  const execType = parameters.find('execType')
  const asked = (fill: Fill) =>
    (execType ?? execTypeOf(account.orders.get(fill.orderId))) ===
      execTypeOf(account.orders.get(fill.orderId)) &&
    fill.market === market &&
    (only ?? fill.symbol) === fill.symbol &&
    (!isOfOne || fill.orderId === order?.record.id) &&
    fill.at >= from &&
    fill.at <= to &&
    fill.id < before
  const shown = account.fills.filter(asked).reverse().slice(0, size)
  return {
    category: parameters.text('category'),
    list: shown.map((fill) => executionAnswer(account, fill)),
    nextPageCursor: shown.length === size ? String(shown.at(-1)?.id ?? '') : '',
  }
}

/** A liquidation's executions are told apart. */
function execTypeOf(order: Order | undefined): string {
  return order?.record.forced === undefined ? 'Trade' : 'BustTrade'
}

/** An execution as the look-up and the stream show it. */
export function executionAnswer(account: Account, fill: Fill) {
  const order = account.orders.get(fill.orderId)
  if (order === undefined) throw new Error(`execution ${fill.id} is of no order`)
  const { market } = fill
  const upToThis = order.fills
    .filter(({ id }) => id <= fill.id)
    .reduce((sum, { quantity }) => sum.plus(quantity), new Decimal(0))
  return {
    symbol: wireSymbol(fill.symbol),
    orderId: orderIdOf(market, fill.orderId),
    orderLinkId: linkIdOf(order),
    side: fill.side === 'buy' ? 'Buy' : 'Sell',
    orderPrice: order.record.price ?? '0',
    orderQty: order.quantity.toString(),
    leavesQty: order.quantity.minus(upToThis).toString(),
    createType: createTypeOf(order),
    orderType: orderTypeOf(order),
    stopOrderType: order.record.wire.stopOrderType ?? 'UNKNOWN',
    execId: executionIdOf(market, fill.id),
    execType: execTypeOf(order),
    execPrice: fill.price,
    execQty: fill.quantity,
    execValue: fill.quoteQuantity,
    execFee: fill.fee,
    feeCurrency: '',
    feeCoin: fill.feeCurrency,
    feeRate: feeRates[market][fill.maker ? 'maker' : 'taker'],
    execPnl: fill.realizedPnl,
    execTime: String(fill.at),
    isMaker: fill.maker,
    isLeverage: '0',
    closedSize: '',
    markPrice: fill.price,
    indexPrice: '',
    underlyingPrice: '',
    markIv: '',
    tradeIv: '',
    blockTradeId: '',
    marketUnit: order.record.wire.marketUnit ?? '',
    seq: fill.id,
  }
}
