import { noteReached } from '#db/order-wakes.ts'
import { findOrder } from '#db/orders.ts'
import { OrderRejected, VenueUnavailable } from '#src/errors.ts'
import { pauseOnBadKey } from '#src/orders/bad-key.ts'
import type { OrderResult } from '#src/orders/result.ts'
import { type Outcome, skipped } from '#src/queue/job.ts'
import type { JobContext } from './context.ts'
import { follow } from './follow.ts'

/**
 * Looks at one order and asks for what follows. While its venue takes no requests the order waits in the database and not
 * in a worker; a venue that cannot be reached is counted, for it is asked less often each time, and thrown on. With a key
 * that the venue refuses nothing can be learnt nor done: the account is paused, and the order waits for another key.
 */
export async function attend(
  orderId: string,
  context: JobContext,
  look: () => Promise<OrderResult>,
): Promise<Outcome> {
  let result: OrderResult
  try {
    result = await look()
  } catch (error) {
    if (error instanceof OrderRejected && (await waitsForKey(context, orderId, error)))
      return skipped(error.message)
    if (!(error instanceof VenueUnavailable)) throw error
    if (error.whose !== undefined) return skipped(error.message)
    await noteReached(context.db, orderId, false)
    throw error
  }
  await noteReached(context.db, orderId, true)
  await follow(orderId, result, context)
  return result.outcome
}

async function waitsForKey(context: JobContext, orderId: string, refusal: OrderRejected): Promise<boolean> {
  const order = await findOrder(context.db, orderId)
  if (!order || !(await pauseOnBadKey(context, order.accountId, refusal))) return false
  await noteReached(context.db, orderId, false)
  return true
}
