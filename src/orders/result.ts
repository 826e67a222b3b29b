import type { Order } from '#db/orders.ts'
import type { OrderState } from '../domain/order.ts'
import type { Outcome } from '../queue/job.ts'
import type { Recorded } from './record.ts'

/** What a look at one order came to: the job's outcome, and what is to be done next. */
export interface OrderResult {
  readonly outcome: Outcome
  /** The order's state now; undefined when there is no such order. */
  readonly state: OrderState | undefined
  /** Whether the venue must be asked for this order (again): wake `resolve-order`. */
  readonly needsResolving: boolean
  /** Orders planned on the way, to be woken in their lanes. */
  readonly planned: readonly Pick<Order, 'id' | 'exchange' | 'purpose'>[]
  /** When an order whose outcome is unknown is looked for next; absent when that look has been asked for already. */
  readonly nextLook?: { readonly look: number; readonly inMs: number }
  /** What was booked, when anything was. */
  readonly recorded?: Recorded
}

/** A result without anything to be done next. */
export function result(
  outcome: Outcome,
  state: OrderState | undefined,
  more: Partial<OrderResult> = {},
): OrderResult {
  return { outcome, state, needsResolving: false, planned: [], ...more }
}

/**
 * The result of booking an answer: while the venue speaks of more than is booked, or is awaited to execute what it has
 * only acknowledged, the order is asked for again.
 */
export function recordedResult(recorded: Recorded, isAwaited = false): OrderResult {
  const outcome: Outcome = { kind: 'done', note: `${recorded.state}, ${recorded.newFills} new fills` }
  return result(outcome, recorded.state, { recorded, needsResolving: !recorded.isComplete || isAwaited })
}
