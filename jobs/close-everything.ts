import { advanceCloseBatches } from '#src/orders/close-all.ts'
import { advanceCloseRequests } from '#src/orders/close-asked.ts'
import type { Wake } from '#src/orders/close-position.ts'
import type { JobContext } from './context.ts'
import { wake } from './follow.ts'

/**
 * Advances the close-alls that are open and the closes of single positions. The exits are in the database before they are asked for: a queue that does not
 * take them loses nothing, and is not waited for.
 */
export async function closeEverything(context: JobContext): Promise<void> {
  const ask: Wake = (order) => {
    wake(context.enqueue, order, 0).catch((error) =>
      context.log.debug({ err: error, orderId: order.id }, 'the close waits in the database'),
    )
  }
  await Promise.all([advanceCloseBatches(context, ask), advanceCloseRequests(context, ask)])
}
