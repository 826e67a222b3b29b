import { Decimal } from '../../../../domain/decimal.ts'
import { type Account, isConditional, type Transfer } from '../../../core/account.ts'
import type { Event } from '../../../core/event.ts'
import type { Exchange } from '../../../core/exchange.ts'
import { positionState } from '../../../core/margin.ts'
import type { Fill, Order } from '../../../core/order.ts'
import { algoStatusOf } from '../algo.ts'
import { wireSymbol } from '../instruments.ts'
import { positionSideOf } from '../legs.ts'
import { statusOf } from '../spot-answers.ts'
import { type News, orderOf, upTo } from './spot-events.ts'

const reasons: Readonly<Record<Transfer['reason'], string>> = {
  deposit: 'DEPOSIT',
  withdrawal: 'WITHDRAW',
  airdrop: 'ADJUSTMENT',
  dust: 'ASSET_TRANSFER',
  funding: 'FUNDING_FEE',
  insurance: 'INSURANCE_CLEAR',
}

/** What a USD-M account's stream says of the events of one call: what it has and holds first, then its orders. */
export function futuresEvents(exchange: Exchange, account: Account, events: readonly Event[]): News[] {
  const orders: News[] = []
  const moved: News[] = []
  const traded = { assets: new Set<string>(), symbols: new Set<string>() }
  for (const event of events) {
    if (event.kind === 'transfer') {
      const { asset, amount, reason, at } = event.transfer
      const change = { reason: reasons[reason], assets: [asset], change: amount, at }
      moved.push({ message: accountUpdate(exchange, account, change) })
    } else if (event.kind === 'leverage') {
      const now = exchange.clock.wallNow()
      const ac = { s: wireSymbol(event.symbol), l: event.leverage }
      moved.push({ message: { e: 'ACCOUNT_CONFIG_UPDATE', E: now, T: now, ac } })
    }
    const order = orderOf(account, event)
    if (order === undefined) continue
    orders.push(...orderNews(account, order, event))
    if (event.kind !== 'fill') continue
    traded.symbols.add(order.record.symbol)
    traded.assets.add(event.fill.feeCurrency).add(exchange.ledger.instrumentOf(account, order).quote)
  }
  if (traded.symbols.size > 0) {
    const change = { reason: 'ORDER', ...traded, at: exchange.clock.wallNow() }
    moved.push({ message: accountUpdate(exchange, account, change) })
  }
  return [...moved, ...orders]
}

/** What an event says of its order, and of the conditional order that became it. */
function orderNews(account: Account, order: Order, event: Event): News[] {
  if (isConditional(order)) return [{ order, message: algoUpdate(account, order) }]
  const news: News[] = []
  if (event.kind === 'order') {
    const change = { x: 'NEW', X: 'NEW', T: order.record.createdAt }
    news.push({ order, message: orderUpdate(order, change) })
  } else if (event.kind === 'fill') {
    const fill = order.fills.find(({ id }) => id === event.fill.id) as Fill
    news.push({ order, message: execution(order, fill) })
  } else if (event.kind === 'end') {
    const status = statusOf(order)
    news.push({ order, message: orderUpdate(order, { x: status, X: status, T: event.at, ...sumsOf(order) }) })
  }
  const parent = order.record.bornOf === undefined ? undefined : account.orders.get(order.record.bornOf)
  const isLast = event.kind === 'end' || (event.kind === 'fill' && order.fills.at(-1)?.id === event.fill.id)
  if (parent !== undefined && isLast && order.status !== 'open')
    news.push({ order: parent, message: algoUpdate(account, parent) })
  return news
}

/** ACCOUNT_UPDATE: wallets that changed, and positions that did. `change` is what moved without a trade. */
function accountUpdate(
  exchange: Exchange,
  account: Account,
  {
    reason,
    assets,
    symbols = [],
    change = '0',
    at,
  }: {
    readonly reason: string
    readonly assets: Iterable<string>
    readonly symbols?: Iterable<string>
    readonly change?: string
    readonly at: number
  },
) {
  const balances = [...assets].map((asset) => {
    const wallet = account.balance(asset).free.toFixed(8)
    return { a: asset, wb: wallet, cw: wallet, bc: change }
  })
  const marks = exchange.marks(account)
  const meant = new Set(symbols)
  const held = [...account.positions.values()].filter(({ symbol }) => meant.has(symbol))
  const positions = held.map(({ symbol, leg }) => {
    const { position, entry, unrealized, isIsolated } = positionState(account, symbol, marks, leg)
    return {
      s: wireSymbol(symbol),
      pa: position.quantity.toString(),
      ep: entry.toDecimalPlaces(12).toString(),
      bep: entry.toDecimalPlaces(12).toString(),
      cr: position.realized.toString(),
      up: unrealized.toFixed(8),
      mt: isIsolated ? 'isolated' : 'cross',
      iw: position.margin.toString(),
      ps: positionSideOf(leg),
    }
  })
  return { e: 'ACCOUNT_UPDATE', E: at, T: at, a: { m: reason, B: balances, P: positions } }
}

/** ORDER_TRADE_UPDATE; what a change does not say, nothing has changed. */
function orderUpdate(
  order: Order,
  { T, ...change }: Readonly<Record<string, unknown>> & { readonly T: number },
) {
  const { record } = order
  const o = {
    s: wireSymbol(record.symbol),
    c: record.clientOrderId,
    S: record.side.toUpperCase(),
    o: record.type === 'limit' ? 'LIMIT' : 'MARKET',
    f: record.wire.timeInForce ?? record.timeInForce,
    q: record.quantity,
    p: record.price ?? '0',
    ap: '0',
    sp: '0',
    i: record.id,
    l: '0',
    z: '0',
    L: '0',
    n: '0',
    N: 'USDT',
    T,
    t: 0,
    b: '0',
    a: '0',
    m: false,
    R: record.reduceOnly,
    wt: 'CONTRACT_PRICE',
    ot: record.wire.type,
    ps: positionSideOf(record.leg),
    cp: record.closePosition,
    rp: '0',
    pP: false,
    si: 0,
    ss: 0,
    V: 'EXPIRE_MAKER',
    pm: 'NONE',
    gtd: 0,
    ...change,
  }
  return { e: 'ORDER_TRADE_UPDATE', E: T, T, o }
}

function execution(order: Order, fill: Fill) {
  const { filled, quote, status } = upTo(order, fill)
  return orderUpdate(order, {
    x: 'TRADE',
    X: status,
    T: fill.at,
    ap: quote.div(filled).toDecimalPlaces(8).toString(),
    l: fill.quantity,
    z: filled.toString(),
    L: fill.price,
    n: fill.fee,
    N: fill.feeCurrency,
    t: fill.id,
    m: fill.maker,
    rp: fill.realizedPnl,
  })
}

function sumsOf(order: Order) {
  const average = order.filled.gt(0) ? order.filledQuote.div(order.filled).toDecimalPlaces(8) : new Decimal(0)
  return { z: order.filled.toString(), ap: average.toString() }
}

/** ALGO_UPDATE: a conditional order as it stands, with the order it became. */
function algoUpdate(account: Account, order: Order) {
  const { record } = order
  const became = order.becameOrderId === undefined ? undefined : account.orders.get(order.becameOrderId)
  const at = Math.max(order.updatedAt, became?.updatedAt ?? 0)
  const o = {
    caid: record.clientOrderId,
    aid: record.id,
    at: 'CONDITIONAL',
    o: record.wire.type,
    s: wireSymbol(record.symbol),
    S: record.side.toUpperCase(),
    ps: 'BOTH',
    f: record.wire.timeInForce ?? record.timeInForce,
    q: record.quantity,
    X: algoStatusOf(order, became),
    ai: became === undefined ? '' : String(became.record.id),
    ...(became && {
      ap: sumsOf(became).ap,
      aq: became.filled.toString(),
      act: became.record.type.toUpperCase(),
    }),
    tp: record.trigger?.price,
    p: record.price ?? '0',
    V: 'EXPIRE_MAKER',
    wt: record.wire.workingType ?? 'CONTRACT_PRICE',
    pm: 'NONE',
    cp: record.closePosition,
    pP: false,
    R: record.reduceOnly,
    tt: order.triggeredAt ?? 0,
    gtd: 0,
  }
  return { e: 'ALGO_UPDATE', E: at, T: at, o }
}
