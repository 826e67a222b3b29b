import { createHash } from 'node:crypto'
import type { Account } from '../../core/account.ts'
import type { Market } from '../../core/instrument.ts'
import type { Order } from '../../core/order.ts'

/** The venue's id of an order: a long number on spot, a UUID on linear. */
export function orderIdOf(market: Market, id: number): string {
  return market === 'spot' ? `1${String(id).padStart(18, '0')}` : uuidOf('order', id)
}

/** The venue's id of an execution, in the same two forms. */
export function executionIdOf(market: Market, id: number): string {
  return market === 'spot' ? `2${String(id).padStart(18, '0')}` : uuidOf('execution', id)
}

/** The order that a wire id names. */
export function findByOrderId(account: Account, wireId: string): Order | undefined {
  const id = wireId.includes('-') ? Number.parseInt(wireId.slice(-12), 16) : Number(wireId.slice(1))
  const order = account.orders.get(id)
  return order !== undefined && orderIdOf(order.market, id) === wireId ? order : undefined
}

/** A UUID whose last twelve digits are the number; the rest tells what it numbers. */
function uuidOf(kind: string, id: number): string {
  const hex = createHash('sha256').update(`${kind} ${id}`).digest('hex')
  const tail = id.toString(16).padStart(12, '0')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(12, 15)}-8${hex.slice(15, 18)}-${tail}`
}

const unnamed = '#' // no client id may begin so

/** The core's name for an order that came without an orderLinkId. */
export function nameForUnnamed(lastOrderId: number): string {
  return `${unnamed}${lastOrderId + 1}`
}

/** The client's id of an order as the venue shows it: empty where the client gave none, and on the venue's own orders. */
export function linkIdOf({ record }: Order): string {
  return record.forced !== undefined || record.clientOrderId.startsWith(unnamed) ? '' : record.clientOrderId
}
