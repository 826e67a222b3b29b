import { putBack, takeFollowUps } from '#db/follow-ups.ts'
import type { WakeableOrder } from '#db/order-wakes.ts'
import { findOrder, type Order } from '#db/orders.ts'
import { waitsForReconciliation } from '#db/reconciliations.ts'
import { takeWaiting } from '#db/waiting-orders.ts'
import { haltByRules } from '#src/orders/auto-halt.ts'
import { crashpoint } from '#src/orders/crashpoint.ts'
import { sayProtection } from '#src/orders/protection-alarms.ts'
import type { OrderResult } from '#src/orders/result.ts'
import { cancelOrder, placeOrder, reconcileAccount, resolveOrder } from '#src/queue/contracts.ts'
import { type Enqueue, unlessLost } from '#src/queue/enqueue.ts'
import type { JobContext } from './context.ts'

/** An account that orders wait for is asked for once in this time, however many wait. */
const askAgainMs = 10_000

/** Wakes a planned order in its lane. `wake` counts up: a kept job would swallow a repeated id. */
export function wake(
  enqueue: Enqueue,
  order: Pick<Order, 'id' | 'exchange' | 'purpose'>,
  count: number,
): Promise<void> {
  return enqueue(
    placeOrder,
    { orderId: order.id, ...laneOf(order) },
    { jobId: `order-${order.id}-w${count}` },
  )
}

/** Wakes what needs a hand: a planned order in its lane, one that is to be taken back in the exits' lane, others are asked for. */
export async function wakeUp(enqueue: Enqueue, order: WakeableOrder): Promise<void> {
  const { id: orderId, exchange } = order
  if (order.state === 'planned') await wake(enqueue, order, order.wake)
  else if (order.wantsCancel)
    await enqueue(cancelOrder, { orderId, exchange }, { jobId: `cancel-${orderId}-w${order.wake}` })
  else await enqueue(resolveOrder, { orderId }, { jobId: `resolve-${orderId}-w${order.wake}` })
}

/** Wakes what a transaction on a position left to be done: stops to be placed, stops and entries to be taken back. */
export async function wakeFollowUps(
  positionId: string,
  { db, enqueue }: Pick<JobContext, 'db' | 'enqueue'>,
): Promise<void> {
  // Without the queue those who send straight from Postgres must find it unseen.
  for (const order of await takeFollowUps(db, positionId))
    if (!(await unlessLost(wakeUp(enqueue, order)))) await putBack(db, order.id)
}

/** Wakes what waited until an account was compared with its venue. */
export async function wakeWaiting(
  accountId: string,
  { db, enqueue }: Pick<JobContext, 'db' | 'enqueue'>,
): Promise<void> {
  for (const order of await takeWaiting(db, accountId))
    if (!(await unlessLost(wakeUp(enqueue, order)))) await putBack(db, order.id)
}

/** The lane an order goes through: entries by one, everything that closes or protects by another. */
export function laneOf({ exchange, purpose }: Pick<Order, 'exchange' | 'purpose'>) {
  return { exchange, lane: purpose === 'entry' ? ('orders' as const) : ('exits' as const) }
}

/** Asks for what a look at an order left to be done; whatever is lost here, the sweeper wakes again. */
export async function follow(orderId: string, result: OrderResult, context: JobContext): Promise<void> {
  const { db, enqueue, log } = context
  const { recorded, state, outcome } = result
  crashpoint('recorded-not-woken')
  if (recorded && recorded.newFills > 0)
    log.info({ orderId, state, newFills: recorded.newFills }, 'fills booked')
  if (outcome.kind === 'failed')
    log.warn({ orderId, state, reason: outcome.reason, advice: outcome.advice }, 'order failed')
  await sayProtection(context, orderId, result)
  if (outcome.kind === 'failed' && state === 'unknown') await failAsItself(orderId, context)
  for (const planned of result.planned) await unlessLost(wake(enqueue, planned, 0))
  const order = await findOrder(db, orderId)
  if (order) await wakeFollowUps(order.positionId, context)
  if (order) {
    const hasClosed = recorded?.positionState === 'closed' && recorded.newFills > 0
    await haltByRules(context, { order, state, hasClosed })
  }
  if (order && order.purpose !== 'entry' && state === 'rejected') {
    // What the venue holds is not what we thought: the account is compared at once.
    const { accountId } = order
    await unlessLost(enqueue(reconcileAccount, { accountId }, { jobId: `reconcile-${accountId}-${orderId}` }))
  }
  if (order && state === 'planned' && (await waitsForReconciliation(db, order))) {
    // After a start of the cluster what is wanted now comes first, and not when the account's turn comes.
    const { accountId } = order
    const jobId = `reconcile-${accountId}-now-${Math.floor(context.clock.wallNow() / askAgainMs)}`
    await unlessLost(enqueue(reconcileAccount, { accountId }, { jobId }))
  }
  if (result.nextLook) {
    const { look, inMs } = result.nextLook
    await unlessLost(enqueue(resolveOrder, { orderId }, { jobId: `look-${orderId}-${look}`, delayMs: inMs }))
  } else if (result.needsResolving && state !== 'unknown')
    await unlessLost(enqueue(resolveOrder, { orderId }))
}

/**
 * An order that stays unknown for too long fails as the job that placed it, where whoever looks at the board looks for it:
 * once, for the failed job keeps its id. Its retry asks the venue again.
 */
async function failAsItself(orderId: string, { db, enqueue }: JobContext): Promise<void> {
  const order = await findOrder(db, orderId)
  if (!order) return
  const options = { jobId: `order-${orderId}-unknown` }
  await unlessLost(enqueue(placeOrder, { orderId, ...laneOf(order) }, options))
}
