import { Decimal } from '../../../../domain/decimal.ts'
import type { Account } from '../../../core/account.ts'
import type { Event } from '../../../core/event.ts'
import type { Exchange } from '../../../core/exchange.ts'
import type { Fill, Order } from '../../../core/order.ts'
import { wireSymbol } from '../instruments.ts'
import { statusOf } from '../spot-answers.ts'

/** A message of a private stream, and the order it is about. */
export interface News {
  readonly message: object
  readonly order?: Order
}

/** What a spot account's stream says of the events of one call: its orders first, then what it has. */
export function spotEvents(exchange: Exchange, account: Account, events: readonly Event[]): News[] {
  const news: News[] = []
  const assets = new Set<string>()
  const touch = (order: Order) => {
    const { base, quote } = exchange.ledger.instrumentOf(account, order)
    assets.add(base).add(quote)
  }
  for (const event of events) {
    const order = orderOf(account, event)
    if (event.kind === 'transfer') {
      const { asset, amount, at } = event.transfer
      news.push({ message: { e: 'balanceUpdate', E: at, a: asset, d: amount, T: at } })
      assets.add(asset)
    } else if (event.kind === 'order' && order) {
      news.push({ order, message: report(order, { x: 'NEW', X: 'NEW', T: order.record.createdAt }) })
      touch(order)
    } else if (event.kind === 'trigger' && order) {
      news.push({ order, message: report(order, { x: 'NEW', X: 'NEW', T: event.at }) })
    } else if (event.kind === 'fill' && order) {
      const fill = order.fills.find(({ id }) => id === event.fill.id) as Fill
      news.push({ order, message: execution(order, fill) })
      touch(order)
      assets.add(fill.feeCurrency)
    } else if (event.kind === 'end' && order) {
      news.push({ order, message: ended(order, event.at) })
      touch(order)
    }
  }
  if (assets.size > 0) news.push({ message: position(exchange, account, assets) })
  return news
}

/** The order an event is about. */
export function orderOf(account: Account, event: Event): Order | undefined {
  if (event.kind === 'order') return account.orders.get(event.order.id)
  if (event.kind === 'fill') return account.orders.get(event.fill.orderId)
  if (event.kind === 'end' || event.kind === 'trigger') return account.orders.get(event.orderId)
  return undefined
}

/** What an order had come to right after one of its fills. */
export function upTo(order: Order, fill: Fill): { filled: Decimal; quote: Decimal; status: string } {
  let [filled, quote] = [new Decimal(0), new Decimal(0)]
  for (const each of order.fills) {
    filled = filled.plus(each.quantity)
    quote = quote.plus(each.quoteQuantity)
    if (each.id === fill.id) break
  }
  return { filled, quote, status: filled.gte(order.quantity) ? 'FILLED' : 'PARTIALLY_FILLED' }
}

/** An execution report; what a change does not say, nothing has changed. */
function report(order: Order, change: Readonly<Record<string, unknown>> & { readonly T: number }) {
  const { record } = order
  return {
    e: 'executionReport',
    E: change.T,
    s: wireSymbol(record.symbol),
    c: record.clientOrderId,
    S: record.side.toUpperCase(),
    o: record.wire.type,
    f: record.timeInForce,
    q: eight(record.quantity),
    p: eight(record.price ?? 0),
    P: eight(record.trigger?.price ?? 0),
    F: eight(0),
    g: -1,
    C: '',
    r: 'NONE',
    i: record.id,
    l: eight(0),
    z: eight(0),
    L: eight(0),
    n: '0',
    N: null,
    t: -1,
    I: record.id,
    w: order.isWorking,
    m: false,
    M: false,
    O: record.createdAt,
    Z: eight(0),
    Y: eight(0),
    Q: eight(record.wire.quoteOrderQty ?? 0),
    W: record.createdAt,
    V: 'EXPIRE_MAKER',
    ...change,
  }
}

function execution(order: Order, fill: Fill) {
  const { filled, quote, status } = upTo(order, fill)
  return report(order, {
    x: 'TRADE',
    X: status,
    T: fill.at,
    l: eight(fill.quantity),
    z: eight(filled),
    L: eight(fill.price),
    n: eight(fill.fee),
    N: fill.feeCurrency,
    t: fill.id,
    w: status !== 'FILLED' && order.record.type === 'limit',
    m: fill.maker,
    M: true,
    Z: eight(quote),
    Y: eight(fill.quoteQuantity),
  })
}

/** A cancellation has an id of its own; the order's is in `C`. */
function ended(order: Order, at: number) {
  const status = statusOf(order)
  const ids =
    status === 'CANCELED' ? { c: `cancel-${order.record.id}`, C: order.record.clientOrderId } : undefined
  return report(order, {
    ...ids,
    x: status,
    X: status,
    T: at,
    w: false,
    z: eight(order.filled),
    Z: eight(order.filledQuote),
  })
}

function position({ clock }: Exchange, account: Account, assets: ReadonlySet<string>) {
  const now = clock.wallNow()
  const balances = [...assets].map((asset) => {
    const { free, locked } = account.balance(asset)
    return { a: asset, f: eight(free), l: eight(locked) }
  })
  return { e: 'outboundAccountPosition', E: now, u: now, B: balances }
}

function eight(amount: Decimal.Value): string {
  return new Decimal(amount).toFixed(8, Decimal.ROUND_DOWN)
}
