import { advanceCloseBatches } from '#src/orders/close-all.ts'
import type { JobContext } from './context.ts'
import { wake } from './follow.ts'

/**
 * Advances the close-alls that are open. The exits are in the database before they are asked for: a queue that does not
 * take them loses nothing, and is not waited for.
 */
export async function closeEverything(context: JobContext): Promise<void> {
  await advanceCloseBatches(context, (order) => {
    wake(context.enqueue, order, 0).catch((error) =>
      context.log.debug({ err: error, orderId: order.id }, 'the close waits in the database'),
    )
  })
}
