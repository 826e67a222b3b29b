import type { Fill, Order } from '../../core/order.ts'
import type { PrivateCall, PrivateEndpoint } from './call.ts'
import { invalid } from './failure.ts'
import { feeInQuote } from './order-answer.ts'
import { chosen, shown } from './orders.ts'
import { pageOf } from './page.ts'
import { pairOf } from './pair.ts'
import { secondsOf } from './price-text.ts'
import { eight } from './sentence.ts'
import { numberOf, txidOf } from './txid.ts'

const mostAskedFor = 20

/** What has ended: orders, and trades. */
export const historyEndpoints: Readonly<Record<string, PrivateEndpoint>> = {
  ClosedOrders: { anyOf: ['query-closed-trades'], cost: 1, answer: closedOrders },
  TradesHistory: { anyOf: ['query-closed-trades', 'query-open-trades'], cost: 2, answer: trades },
  QueryTrades: { anyOf: ['query-closed-trades', 'query-open-trades'], cost: 1, answer: queryTrades },
}

/** Orders that have ended, those that ended last first, 50 at a time. */
function closedOrders(call: PrivateCall) {
  const { parameters, account, exchange } = call
  exchange.advance()
  const by = parameters.find('closetime') === undefined ? 'both' : parameters.oneOf('closetime', times)
  const ended = chosen(call, [...account.orders.values()]).filter(({ status }) => status !== 'open')
  const { items, count } = pageOf(parameters, ended, {
    timesOf: ({ record, updatedAt }: Order) => ({
      from: by === 'open' ? record.createdAt : updatedAt,
      to: by === 'close' ? updatedAt : record.createdAt,
    }),
    momentOf: (txid) => account.orders.get(numberOf('O', txid) ?? -1)?.record.createdAt,
  })
  return { closed: shown(call, items.toReversed()), count }
}

const times = ['open', 'close', 'both'] as const

function trades({ parameters, account, exchange }: PrivateCall) {
  exchange.advance()
  const { items, count } = pageOf(parameters, account.fills, {
    timesOf: ({ at }: Fill) => ({ from: at, to: at }),
    momentOf: (txid) => account.fills.find(({ id }) => id === numberOf('T', txid))?.at,
  })
  return { trades: Object.fromEntries(items.map((fill) => tradeOf(account.orders, fill))), count }
}

function queryTrades({ parameters, account, exchange }: PrivateCall) {
  exchange.advance()
  const txids = parameters.list('txid')
  if (txids.length === 0 || txids.length > mostAskedFor) throw invalid('txid')
  const fills = txids.map((txid) => {
    const fill = account.fills.find(({ id }) => id === numberOf('T', txid))
    if (fill === undefined) throw invalid('txid')
    return fill
  })
  return Object.fromEntries(fills.map((fill) => tradeOf(account.orders, fill)))
}

function tradeOf(orders: ReadonlyMap<number, Order>, fill: Fill) {
  const [, quote = ''] = fill.symbol.split('/')
  const trade = {
    ordertxid: txidOf('O', fill.orderId),
    postxid: txidOf('T', fill.orderId),
    pair: pairOf(fill.symbol).id,
    time: secondsOf(fill.at),
    type: fill.side,
    ordertype: orders.get(fill.orderId)?.record.wire.ordertype,
    price: fill.price,
    cost: eight(fill.quoteQuantity),
    fee: eight(feeInQuote(fill, quote).toString()),
    vol: eight(fill.quantity),
    margin: '0.00000',
    leverage: '0',
    misc: '',
    trade_id: fill.id,
    maker: fill.maker,
  }
  return [txidOf('T', fill.id), trade] as const
}
