import type { Account } from '../../../core/account.ts'
import type { Event } from '../../../core/event.ts'
import type { Exchange } from '../../../core/exchange.ts'
import type { Order } from '../../../core/order.ts'
import type { FrameSubject } from '../../venue.ts'
import { categoryOf, type InstrumentIndex } from '../call.ts'
import { executionAnswer } from '../executions.ts'
import { orderAnswer } from '../order-answer.ts'
import { positionAnswer } from '../position-answer.ts'
import { walletOf } from '../wallet.ts'

/** What a private topic says, and what it is about. */
export interface PrivateNews {
  readonly topic: 'order' | 'execution' | 'position' | 'wallet'
  readonly category: 'spot' | 'linear' | undefined
  readonly data: readonly unknown[]
  readonly about: FrameSubject
}

/** What an account's topics say of the events of one call: each order as it stands after it, then what it made. */
export function newsOf(
  exchange: Exchange,
  instruments: InstrumentIndex,
  account: Account,
  events: readonly Event[],
): PrivateNews[] {
  const { apiKey } = account.seed
  const orders = new Set<Order>()
  const news: PrivateNews[] = []
  let isMoved = false
  for (const event of events) {
    const order = orderOf(account, event)
    if (order !== undefined) orders.add(order)
    isMoved ||= order !== undefined || event.kind === 'transfer' || event.kind === 'position-margin'
  }
  const aboutOf = ({ market, record }: Order): FrameSubject => ({
    market,
    apiKey,
    symbol: record.symbol,
    clientOrderId: record.clientOrderId,
  })
  for (const order of orders) {
    const category = categoryOf(order.market)
    const row = { category, ...orderAnswer(account, order) }
    news.push({ topic: 'order', category, data: [row], about: aboutOf(order) })
  }
  for (const event of events) {
    if (event.kind !== 'fill') continue
    const order = account.orders.get(event.fill.orderId)
    const fill = order?.fills.find(({ id }) => id === event.fill.id)
    if (order === undefined || fill === undefined) continue
    const category = categoryOf(order.market)
    const row = { category, ...executionAnswer(account, fill) }
    news.push({ topic: 'execution', category, data: [row], about: aboutOf(order) })
  }
  const linear = [...orders].filter(({ market }) => market === 'futures')
  const places = new Map(linear.map(({ record }) => [`${record.symbol} ${record.leg ?? ''}`, record]))
  for (const { symbol, leg } of places.values()) {
    const { avgPrice, ...row } = positionAnswer(account, exchange, symbol, leg)
    const data = [{ category: 'linear', ...row, entryPrice: avgPrice }]
    news.push({ topic: 'position', category: 'linear', data, about: { market: 'futures', apiKey, symbol } })
  }
  if (isMoved) {
    const market = linear.length > 0 ? 'futures' : 'spot'
    const data = [walletOf(account, exchange, instruments)]
    news.push({ topic: 'wallet', category: undefined, data, about: { market, apiKey } })
  }
  return news
}

/** The order that an event is about, if it is about one. */
function orderOf(account: Account, event: Event): Order | undefined {
  switch (event.kind) {
    case 'order':
      return account.orders.get(event.order.id)
    case 'fill':
      return account.orders.get(event.fill.orderId)
    case 'end':
    case 'trigger':
      return account.orders.get(event.orderId)
    default:
      return undefined
  }
}
