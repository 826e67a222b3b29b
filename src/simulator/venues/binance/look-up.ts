import { createHash } from 'node:crypto'
import { isConditional } from '../../core/account.ts'
import type { Instrument, Market } from '../../core/instrument.ts'
import type { Fill, Order } from '../../core/order.ts'
import { instrumentOf, type SignedCall } from './call.ts'
import { archivedOrder, Failure } from './failure.ts'

/** The order a request names by `orderId` or `origClientOrderId`, else the failure. */
export function soughtOrder(call: SignedCall, market: Market, unknown: () => Failure): Order {
  const { parameters, account, exchange } = call
  const instrument = instrumentOf(call, market)
  exchange.advance()
  const id = parameters.findInteger('orderId')
  const clientId = parameters.findClientId('origClientOrderId')
  if (id === undefined && clientId === undefined) {
    throw new Failure(-1102, "Param 'origClientOrderId' or 'orderId' must be sent, but both were empty/null!")
  }
  const order = id === undefined ? account.findByClientId(clientId as string) : account.orders.get(id)
  if (order === undefined || isConditional(order) || order.record.symbol !== instrument.symbol)
    throw unknown()
  const forgotten = forgottenAs(order, market, exchange.clock.wallNow())
  if (forgotten !== undefined) throw forgotten === 'archived' ? archivedOrder() : unknown()
  return order
}

const dayMs = 86_400_000

/**
 * What the venue still says of an old order when it is asked for it by its id: spot puts away after 90 days what ended
 * without a fill; USD-M does not know it any more after 3 days, and nothing at all after 90.
 */
function forgottenAs(order: Order, market: Market, wallMs: number): 'archived' | 'unknown' | undefined {
  if (order.status === 'open') return undefined
  const ageMs = wallMs - order.record.createdAt
  const isEmpty = order.fills.length === 0
  if (market === 'spot') return isEmpty && ageMs > 90 * dayMs ? 'archived' : undefined
  return ageMs > 90 * dayMs || (isEmpty && ageMs > 3 * dayMs) ? 'unknown' : undefined
}

/** allOrders: from `orderId` on, or between times, or the last ones. */
export function ordersOf({ parameters, account, exchange }: SignedCall, instrument: Instrument): Order[] {
  exchange.advance()
  const orders = [...account.orders.values()].filter(
    (order) => order.record.symbol === instrument.symbol && !isConditional(order),
  )
  const fromId = parameters.findInteger('orderId')
  return windowed(orders, parameters, {
    fromId,
    idOf: ({ record }) => record.id,
    timeOf: ({ record }) => record.createdAt,
  })
}

/** myTrades and userTrades: of one order, from `fromId` on, between times, or the last ones. */
export function fillsOf({ parameters, account, exchange }: SignedCall, instrument: Instrument): Fill[] {
  exchange.advance()
  const orderId = parameters.findInteger('orderId')
  const pool = orderId === undefined ? account.fills : (account.orders.get(orderId)?.fills ?? [])
  const fills = pool.filter(({ symbol }) => symbol === instrument.symbol)
  const fromId = parameters.findInteger('fromId')
  return windowed(fills, parameters, { fromId, idOf: ({ id }) => id, timeOf: ({ at }) => at })
}

interface Keys<T> {
  readonly fromId: number | undefined
  readonly idOf: (item: T) => number
  readonly timeOf: (item: T) => number
}

function windowed<T>(items: readonly T[], parameters: SignedCall['parameters'], keys: Keys<T>): T[] {
  const limit = Math.min(parameters.findInteger('limit') ?? 500, 1000)
  const from = parameters.findInteger('startTime')
  const to = parameters.findInteger('endTime') ?? Number.POSITIVE_INFINITY
  const { fromId, idOf, timeOf } = keys
  const inside = items.filter(
    (item) =>
      (fromId === undefined || idOf(item) >= fromId) && timeOf(item) >= (from ?? 0) && timeOf(item) <= to,
  )
  return fromId === undefined && from === undefined ? inside.slice(-limit) : inside.slice(0, limit)
}

/** An id of the venue's own for an order sent without one; the same for the same account and order number. */
export function newClientId({ account, exchange }: SignedCall): string {
  const text = `${account.seed.apiKey} ${exchange.ledger.lastOrderId} ${exchange.clock.wallNow()}`
  return createHash('sha256').update(text).digest('base64url').slice(0, 22)
}
