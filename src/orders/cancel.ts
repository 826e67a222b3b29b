import { findOrder, lockOrder, moveOrder, type Order } from '#db/orders.ts'
import { requestCancel } from '#db/stops.ts'
import { messageOf, OrderRejected, VenueUnavailable } from '../errors.ts'
import { failed, skipped } from '../queue/job.ts'
import { pauseOnBadKey } from './bad-key.ts'
import { crashpoint } from './crashpoint.ts'
import { observeOrder } from './observe.ts'
import { bookingContext, type OrderDesk } from './order-desk.ts'
import { resolveOrder } from './resolve.ts'
import { type OrderResult, recordedResult, result } from './result.ts'

/**
 * Takes back an order that rests at the venue. What had filled of it stays; when the venue has no such open order, it is
 * asked what became of it. Throws VenueUnavailable when the venue cannot be reached, and OrderRejected when it refuses the
 * key: the cancel is asked for again.
 */
export async function cancelOrder(desk: OrderDesk, orderId: string): Promise<OrderResult> {
  const order = await findOrder(desk.db, orderId)
  if (!order) return result(failed(`there is no order ${orderId}`, 'nothing is to be done'), undefined)
  const venue = await desk.gateway.account(order.accountId)
  const context = await bookingContext(desk, venue.account, order.symbol)
  const canceling = await markCanceling(desk, orderId)
  if (!canceling) return result(skipped(`it is ${order.state}`), order.state)
  crashpoint('cancel-marked')
  try {
    const answer = await venue.cancelOrder(order)
    crashpoint('cancel-sent')
    if (!answer) return resolveOrder(desk, orderId)
    return recordedResult(await observeOrder(desk, canceling, venue, answer, context))
  } catch (error) {
    if (error instanceof VenueUnavailable) throw error
    if (await pauseOnBadKey(desk, order.accountId, error)) throw error
    if (error instanceof OrderRejected)
      return result(failed(error.message, error.advice), 'canceling', { needsResolving: true })
    crashpoint('cancel-unanswered')
    // The cancel may have arrived: the order says so itself.
    return result({ kind: 'done', note: messageOf(error) }, 'canceling', { needsResolving: true })
  }
}

/** Durable before send. Asking twice is harmless: a cancel has one effect. */
async function markCanceling(desk: OrderDesk, orderId: string): Promise<Order | undefined> {
  return desk.db.transaction().execute(async (tx) => {
    const order = await lockOrder(tx, orderId)
    if (order.state === 'canceling') return order
    if (order.state !== 'open' && order.state !== 'partially_filled') return undefined
    await requestCancel(tx, [order.id])
    await moveOrder(tx, order, 'canceling', { actor: desk.workerId })
    crashpoint('mid-cancel')
    return order
  })
}
