import { isBeingSent } from '#db/order-wakes.ts'
import { lockOrder, moveOrder, orderOrThrow } from '#db/orders.ts'
import { lockPosition } from '#db/positions.ts'
import { crashpoint } from './crashpoint.ts'
import type { OrderDesk } from './order-desk.ts'
import { protectPosition } from './protect.ts'

/**
 * Takes an order whose sender has died, or lost the database, for `unknown`, and plans the stop that its position needs
 * beside it. Asks nothing but the database. Returns the position; undefined while it is being sent, or when somebody else
 * has moved it.
 */
export async function loseSender(desk: OrderDesk, orderId: string): Promise<string | undefined> {
  const { positionId } = await orderOrThrow(desk.db, orderId)
  const lost = await desk.db.transaction().execute(async (tx) => {
    const position = await lockPosition(tx, positionId)
    const order = await lockOrder(tx, orderId)
    if (order.state !== 'submitting' || (await isBeingSent(tx, orderId))) return undefined
    const reason = 'its sender did not say what became of it'
    const grounds = { actor: desk.workerId, evidence: { reason } }
    await moveOrder(tx, order, 'unknown', grounds, { failureReason: reason })
    crashpoint('mid-lost-sender')
    await protectPosition(tx, position, { actor: desk.workerId, keys: desk.keys })
    return positionId
  })
  if (lost !== undefined) crashpoint('lost-sender')
  return lost
}
