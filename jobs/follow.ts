import type { Order } from '#db/orders.ts'
import { crashpoint } from '#src/orders/crashpoint.ts'
import type { OrderResult } from '#src/orders/result.ts'
import { placeOrder, resolveOrder } from '#src/queue/contracts.ts'
import type { Enqueue } from '#src/queue/enqueue.ts'
import type { JobContext } from './context.ts'

/** Wakes a planned order in its lane. `wake` counts up: a kept job would swallow a repeated id. */
export function wake(
  enqueue: Enqueue,
  order: Pick<Order, 'id' | 'exchange' | 'purpose'>,
  count: number,
): Promise<void> {
  const lane = order.purpose === 'entry' ? ('orders' as const) : ('exits' as const)
  return enqueue(
    placeOrder,
    { orderId: order.id, exchange: order.exchange, lane },
    { jobId: `order-${order.id}-w${count}` },
  )
}

/** Asks for what a look at an order left to be done; whatever is lost here, the sweeper wakes again. */
export async function follow(
  orderId: string,
  result: OrderResult,
  { enqueue, log }: JobContext,
): Promise<void> {
  const { recorded, state, outcome } = result
  crashpoint('recorded-not-woken')
  if (recorded && recorded.newFills > 0)
    log.info({ orderId, state, newFills: recorded.newFills }, 'fills booked')
  if (outcome.kind === 'failed')
    log.warn({ orderId, state, reason: outcome.reason, advice: outcome.advice }, 'order failed')
  for (const order of result.planned) await wake(enqueue, order, 0)
  if (result.nextLook) {
    const { look, inMs } = result.nextLook
    await enqueue(resolveOrder, { orderId }, { jobId: `look-${orderId}-${look}`, delayMs: inMs })
  } else if (result.needsResolving && state !== 'unknown') await enqueue(resolveOrder, { orderId })
}
