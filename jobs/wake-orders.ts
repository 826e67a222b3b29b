import { takeWakes } from '#db/order-wakes.ts'
import { resolveOrder } from '#src/queue/contracts.ts'
import type { JobContext } from './context.ts'
import { wake } from './follow.ts'

const quietMs = 4_000
const batch = 200

/** Wakes every order that nobody has looked at for 4 s: the queue is a hint, and this is what makes it one. */
export async function wakeOrders({ db, enqueue, log }: JobContext): Promise<void> {
  const orders = await takeWakes(db, { quietMs, limit: batch })
  for (const order of orders) {
    if (order.state === 'planned') await wake(enqueue, order, order.wake)
    else await enqueue(resolveOrder, { orderId: order.id }, { jobId: `resolve-${order.id}-w${order.wake}` })
  }
  if (orders.length > 0) log.debug({ orders: orders.length }, 'orders woken')
}
