import type { Db } from '#db/client.ts'
import { lockOrder, moveOrder, type Order, type OrderChange, orderOrThrow } from '#db/orders.ts'
import { lockPosition } from '#db/positions.ts'
import type { OrderState } from '../domain/order.ts'
import { crashpoint } from './crashpoint.ts'
import { releaseOrder, type SettleContext, settlePosition } from './settle.ts'

/** An ending without an answer of the venue to book: refused, never sent, proven not to be there (any more), or a person's word. */
export interface Ending {
  readonly to: Extract<OrderState, 'abandoned' | 'rejected' | 'not_at_venue' | 'canceled' | 'manual'>
  readonly reason: string
  readonly code?: string
  readonly advice?: string
  readonly evidence?: object
}

/**
 * Ends an order with its consequences, in one transaction, when it is still in one of the states in `from`. Returns the
 * order as it was, or undefined when somebody else moved it before.
 */
export function endOrder(
  db: Db,
  orderId: string,
  from: readonly OrderState[],
  ending: Ending,
  context: SettleContext,
): Promise<Order | undefined> {
  return db.transaction().execute((tx) => endOrderIn(tx, orderId, from, ending, context))
}

/** The same inside a transaction of the caller's. */
export async function endOrderIn(
  tx: Db,
  orderId: string,
  from: readonly OrderState[],
  ending: Ending,
  context: SettleContext,
): Promise<Order | undefined> {
  const { positionId } = await orderOrThrow(tx, orderId)
  const position = await lockPosition(tx, positionId)
  const order = await lockOrder(tx, orderId)
  if (!from.includes(order.state)) return undefined
  const change: OrderChange = {
    failureReason: ending.reason,
    ...(ending.code !== undefined && { failureCode: ending.code }),
    ...(ending.advice !== undefined && { advice: ending.advice }),
  }
  const grounds = { actor: context.actor, evidence: { reason: ending.reason, ...ending.evidence } }
  await moveOrder(tx, order, ending.to, grounds, change)
  crashpoint('mid-end')
  await releaseOrder(tx, order, false, order.filled !== '0' && Number(order.filled) > 0)
  await settlePosition(tx, position, context)
  return order
}
