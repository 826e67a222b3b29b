import { Decimal } from '../domain/decimal.ts'
import type { LedgerReport } from '../simulator/report.ts'

/** One account as the simulator knows it. */
export type VenueBooks = LedgerReport['accounts'][number]
/** One order as the simulator knows it. */
export type VenueOrder = VenueBooks['orders'][number]

/** The simulator's truth by API key. */
export type Truth = ReadonlyMap<string, VenueBooks>

/** Asks the simulator for its ledger, past every proxy. */
export async function readTruth(venueUrl: string): Promise<Truth> {
  const response = await fetch(new URL('/__sim/ledger', venueUrl))
  if (!response.ok) throw new Error(`the simulator's ledger cannot be read: ${response.status}`)
  const { accounts } = (await response.json()) as LedgerReport
  return new Map(accounts.map((account) => [account.apiKey, account]))
}

/** Whether anything of an order was executed. */
export function isExecuted(order: VenueOrder): boolean {
  return new Decimal(order.filled).gt(0)
}

/** The name of a stop that the venue attached to the entry of this client order id. */
function attachedName(clientOrderId: string): string {
  return `attached to ${clientOrderId}`
}

/**
 * The orders behind each client order id; an order that a conditional one became counts as that one, and one that an entry
 * brought along stands under its `attachedName`. Orders that nobody here named stand under their own ids.
 */
export function byClientId({ orders }: VenueBooks): Map<string, VenueOrder[]> {
  const ids = new Map(orders.map((order) => [order.orderId, order.clientOrderId]))
  const nameOf = ({ attachedTo, clientOrderId }: VenueOrder) =>
    attachedTo === undefined ? clientOrderId : attachedName(ids.get(attachedTo) ?? '')
  const became = new Map(
    orders.flatMap((order) =>
      order.becameOrderId === undefined ? [] : [[order.becameOrderId, nameOf(order)] as const],
    ),
  )
  return Map.groupBy(orders, (order) => became.get(order.orderId) ?? nameOf(order))
}
