import { takeFollowUps } from '#db/follow-ups.ts'
import { findOrder } from '#db/orders.ts'
import { cancelOrder } from '#src/orders/cancel.ts'
import { guardShard } from '#src/orders/guard.ts'
import type { OrderDesk } from '#src/orders/order-desk.ts'
import { placeOrder } from '#src/orders/place.ts'
import { sayProtection } from '#src/orders/protection-alarms.ts'
import type { OrderResult } from '#src/orders/result.ts'

/** Does by hand what the queue would wake workers for: everything a position is waiting for, until nothing is. */
export async function workOff(desk: OrderDesk, positionId: string): Promise<OrderResult[]> {
  const results: OrderResult[] = []
  for (let round = 0; round < 10; round += 1) {
    const waiting = await takeFollowUps(desk.db, positionId)
    if (waiting.length === 0) return results
    for (const { id, wantsCancel } of waiting) {
      const result = wantsCancel
        ? await cancelOrder(desk, id)
        : await placeOrder(desk, id, { isRetry: false })
      await sayProtection(desk, id, result)
      results.push(result)
    }
  }
  throw new Error('it never comes to rest')
}

/** Lets an order go its way, with all that follows from it. Returns its position. */
export async function carryOut(desk: OrderDesk, orderId: string): Promise<string> {
  const order = await findOrder(desk.db, orderId)
  if (!order) throw new Error('there is no such order')
  await placeOrder(desk, orderId, { isRetry: false })
  await workOff(desk, order.positionId)
  return order.positionId
}

/** One round of the guard over every shard, and what follows from it. */
export async function guardAll(desk: OrderDesk): Promise<void> {
  for (let shard = 0; shard < desk.config.monitorShards; shard += 1)
    for (const positionId of await guardShard(desk, shard)) await workOff(desk, positionId)
}
