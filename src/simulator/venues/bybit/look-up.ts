import type { Order } from '../../core/order.ts'
import {
  type Call,
  categoryOf,
  type Endpoint,
  findInstrumentOf,
  ownMarketOf,
  pageSizeOf,
  requireOneOf,
  type SignedCall,
} from './call.ts'
import { badParameter } from './failure.ts'
import { findByOrderId } from './ids.ts'
import { isOfFilter, orderAnswer, statusOf } from './order-answer.ts'

const dayMs = 86_400_000
const remembered = 500 // orders that have ended, per category, where open ones are asked for

/** The two lists of orders: what is open with the latest that ended, and the history. Newest first. */
export const lookUpEndpoints: Record<string, Endpoint> = {
  'GET /v5/order/realtime': { access: 'signed', answer: realtime },
  'GET /v5/order/history': { access: 'signed', answer: history },
}

function realtime(call: SignedCall) {
  const { parameters, account, exchange, upSince } = call
  const market = ownMarketOf(call)
  if (market === undefined) return page(call, [])
  const only = findInstrumentOf(call, market)?.symbol
  const named = namedBy(call)
  if (market === 'futures' && named === undefined) requireOneOf(call, ['symbol', 'baseCoin', 'settleCoin'])
  exchange.advance()
  const all = newestFirst(account.orders.values()).filter((order) => order.market === market)
  // A restart of the venue empties this memory; the history keeps what was in it.
  const ended = all
    .filter((order) => order.status !== 'open' && order.updatedAt >= upSince)
    .slice(0, remembered)
  const open = all.filter((order) => order.status === 'open')
  const isForEnded = (parameters.findInteger('openOnly') ?? 0) > 0
  const shown =
    named !== undefined
      ? [...open, ...ended].filter((order) => order === named.order)
      : isForEnded
        ? ended
        : open
  return page(
    call,
    shown.filter((order) => isAskedFor(call, order, only)),
  )
}

/**
 * What ended without a fill is kept for a day, what was filled for two years. Without times it is the last seven days,
 * and a question may span no more.
 */
function history(call: SignedCall) {
  const { parameters, account, exchange } = call
  const market = ownMarketOf(call)
  if (market === undefined) return page(call, [])
  const only = findInstrumentOf(call, market)?.symbol
  const named = namedBy(call)
  const status = parameters.find('orderStatus')
  exchange.advance()
  const now = exchange.clock.wallNow()
  const { from, to } = spanOf(call, now)
  const shown = newestFirst(account.orders.values()).filter((order) => {
    const { createdAt } = order.record
    return (
      order.market === market &&
      order.status !== 'open' &&
      now - order.updatedAt <= (order.filled.gt(0) ? 730 * dayMs : dayMs) &&
      (named === undefined ? createdAt >= from && createdAt <= to : order === named.order) &&
      (status ?? statusOf(order)) === statusOf(order) &&
      isAskedFor(call, order, only)
    )
  })
  return page(call, shown)
}

/** The times a question about the past spans: seven days at most, the last ones where it says nothing. */
export function spanOf({ parameters }: Call, now: number): { from: number; to: number } {
  const [start, end] = [parameters.findInteger('startTime'), parameters.findInteger('endTime')]
  if (start !== undefined && end !== undefined && end - start > 7 * dayMs)
    throw badParameter('the time range must not be more than 7 days')
  if (start !== undefined) return { from: start, to: end ?? start + 7 * dayMs }
  return { from: (end ?? now) - 7 * dayMs, to: end ?? now }
}

/** The order that the request names by the venue's id or the client's; undefined when it names none. */
function namedBy({ parameters, account }: SignedCall): { readonly order: Order | undefined } | undefined {
  const [id, linkId] = [parameters.find('orderId'), parameters.find('orderLinkId')]
  if (id !== undefined) return { order: findByOrderId(account, id) }
  return linkId === undefined ? undefined : { order: account.findByClientId(linkId) }
}

function isAskedFor({ parameters }: SignedCall, order: Order, symbol: string | undefined): boolean {
  const { record } = order
  return (symbol ?? record.symbol) === record.symbol && isOfFilter(order, parameters.find('orderFilter'))
}

function newestFirst(orders: Iterable<Order>): Order[] {
  return [...orders].sort((a, b) => b.record.id - a.record.id)
}

/** One page of orders, and the cursor of the next: the number of the last one, where the page is full. */
function page(call: SignedCall, orders: readonly Order[]) {
  const size = pageSizeOf(call, { usual: 20, most: 50 })
  const before = call.parameters.findInteger('cursor') ?? Number.POSITIVE_INFINITY
  const shown = orders.filter(({ record }) => record.id < before).slice(0, size)
  const market = ownMarketOf(call)
  return {
    category: market === undefined ? call.parameters.text('category') : categoryOf(market),
    list: shown.map((order) => orderAnswer(call.account, order)),
    nextPageCursor: shown.length === size ? String(shown.at(-1)?.record.id ?? '') : '',
  }
}
