import { findOrder } from '#db/orders.ts'
import { failed, skipped } from '../queue/job.ts'
import type { OrderDesk } from './order-desk.ts'
import { type Judge, planAgain } from './plan-again.ts'
import { resolveOrder } from './resolve.ts'
import { type OrderResult, result } from './result.ts'
import { sendOrder } from './send.ts'

/** Why an order is looked at, and what that needs. */
export interface Placing {
  /** A person asked again. */
  readonly isRetry: boolean
  readonly signal?: AbortSignal
  /** Judges an entry that is tried again. */
  readonly judge?: Judge
}

/**
 * What the place-order job does, by the order's state: sends what is planned, resolves what was sent, and says so of
 * what has ended. `isRetry` when a person asked again: then what was certainly not executed is planned once more, under
 * a new id, if it is still wanted. A second wake of the same job is no retry.
 */
export async function placeOrder(
  desk: OrderDesk,
  orderId: string,
  { isRetry, signal, judge }: Placing,
): Promise<OrderResult> {
  const order = await findOrder(desk.db, orderId)
  if (!order) return result(failed(`there is no order ${orderId}`, 'nothing is to be done'), undefined)
  switch (order.state) {
    case 'planned':
      return sendOrder(desk, orderId, signal)
    case 'submitting':
    case 'canceling':
    case 'unknown':
      return resolveOrder(desk, orderId)
    case 'rejected':
    case 'not_at_venue': {
      if (!isRetry) return result(skipped(`it is ${order.state}`), order.state)
      const again = await planAgain(desk, orderId, judge)
      return again.kind === 'planned'
        ? result(
            { kind: 'done', note: `attempt ${order.attempt + 1} is planned: order ${again.order.id}` },
            order.state,
            {
              planned: [again.order],
            },
          )
        : result(
            failed(
              `it is ${order.state}, and was not tried again: ${again.reason}`,
              'the next signal or exit decides again',
            ),
            order.state,
          )
    }
    case 'abandoned':
    case 'manual':
      return result(
        isRetry
          ? failed(
              `it is ${order.state}: ${order.failureReason ?? 'ended by hand'}`,
              'nothing is to be retried',
            )
          : skipped(`it is ${order.state}`),
        order.state,
      )
    default:
      return result(skipped('already done'), order.state)
  }
}
