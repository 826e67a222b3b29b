import { setAccountStatus } from '#db/accounts.ts'
import { changeOrder, findOrder, lockOrder, moveOrder, type Order } from '#db/orders.ts'
import { Decimal, sum } from '../domain/decimal.ts'
import { messageOf, OrderRejected, VenueUnavailable } from '../errors.ts'
import { approve, type OrderRequest } from '../exchange/order-request.ts'
import type { VenueAccount } from '../exchange/venue-account.ts'
import type { VenueFill, VenueOrder } from '../exchange/venue-order.ts'
import { failed, skipped } from '../queue/job.ts'
import { claimOrder } from './claim.ts'
import { crashpoint } from './crashpoint.ts'
import { endOrder } from './end.ts'
import { bookingContext, type OrderDesk } from './order-desk.ts'
import { type BookingContext, recordOrder } from './record.ts'
import { type OrderResult, recordedResult, result } from './result.ts'

/**
 * Sends a planned order, once: claim, one HTTP attempt, booking. Whoever else tries finds it taken. Throws
 * VenueUnavailable when nothing has happened and it is planned still (or again).
 */
export async function sendOrder(desk: OrderDesk, orderId: string): Promise<OrderResult> {
  const { db } = desk
  const planned = await findOrder(db, orderId)
  if (!planned) return result(failed(`there is no order ${orderId}`, 'nothing is to be done'), undefined)
  if (planned.state !== 'planned') return result(skipped(`it is ${planned.state} already`), planned.state)

  // Everything that can wait for the network comes before the claim: from there on, seconds count.
  const venue = await desk.gateway.account(planned.accountId)
  const context = await bookingContext(desk, venue.account, planned.symbol)
  if (planned.purpose === 'entry') {
    const refusal = await prepare(venue, planned)
    if (refusal) return abandon(desk, planned, refusal, context)
  }
  const claimedAt = { wallMs: desk.clock.wallNow(), monotonicMs: performance.now() }
  const claim = await claimOrder(db, planned, context)
  if (claim.kind === 'taken') return result(skipped(`it is ${claim.state} already`), claim.state)
  if (claim.kind === 'abandoned')
    return result(failed(`abandoned: ${claim.reason}`, 'the next signal decides again'), 'abandoned')

  crashpoint('claimed-not-sent')
  let answer: VenueOrder
  try {
    answer = await venue.placeOrder(approve(requestOf(claim.order), claimedAt))
  } catch (error) {
    return await notAcknowledged(desk, claim.order, error, context)
  }
  crashpoint('sent-not-recorded')
  const fills = await fillsBehind(venue, answer)
  return recordedResult(await recordOrder(db, orderId, { order: answer, fills }, context))
}

/** The executions behind an answer: those that came with it when they are all, else the venue is asked. */
export async function fillsBehind(venue: VenueAccount, answer: VenueOrder): Promise<readonly VenueFill[]> {
  const came = sum(answer.fills.map((fill) => fill.quantity))
  if (new Decimal(came).gte(answer.filled)) return answer.fills
  try {
    return await venue.fillsOf(answer)
  } catch (error) {
    // The order is known; its fills are asked for again.
    if (error instanceof VenueUnavailable) return answer.fills
    throw error
  }
}

function requestOf(order: Order): OrderRequest {
  return {
    symbol: order.symbol,
    side: order.side,
    type: order.type,
    quantity: order.quantity,
    clientOrderId: order.clientOrderId,
    isReduceOnly: order.isReduceOnly,
    ...(order.price !== null && { price: order.price }),
    ...(order.stopPrice !== null && { stopPrice: order.stopPrice }),
  }
}

async function prepare(venue: VenueAccount, order: Order): Promise<OrderRejected | undefined> {
  try {
    await venue.prepareEntry({ symbol: order.symbol, leverage: Number(order.leverage ?? 1) })
    return undefined
  } catch (error) {
    if (error instanceof OrderRejected) return error
    throw error
  }
}

async function abandon(
  desk: OrderDesk,
  order: Order,
  refusal: OrderRejected,
  context: BookingContext,
): Promise<OrderResult> {
  await pauseOnBadKey(desk, order, refusal)
  const { message: reason, code, advice } = refusal
  await endOrder(desk.db, order.id, ['planned'], { to: 'abandoned', reason, code, advice }, context)
  return result(failed(reason, advice), 'abandoned')
}

/** Three endings: refused for certain, nothing happened, or nobody knows. */
async function notAcknowledged(
  desk: OrderDesk,
  order: Order,
  error: unknown,
  context: BookingContext,
): Promise<OrderResult> {
  if (error instanceof OrderRejected) {
    const { message: reason, code, advice } = error
    const ending = { to: 'rejected', reason, code, advice } as const
    const ended = await endOrder(desk.db, order.id, ['submitting', 'unknown'], ending, context)
    await pauseOnBadKey(desk, order, error)
    return result(failed(reason, advice), ended ? 'rejected' : undefined)
  }
  if (error instanceof VenueUnavailable) {
    await backToPlanned(desk, order, error)
    throw error
  }
  const reason = messageOf(error)
  await markUnknown(desk, order, reason)
  return result({ kind: 'done', note: `outcome unknown: ${reason}` }, 'unknown', { needsResolving: true })
}

/** Only the sender knows that nothing was written, and only while nobody has taken the order for lost. */
async function backToPlanned(desk: OrderDesk, order: Order, error: VenueUnavailable): Promise<void> {
  await desk.db.transaction().execute(async (tx) => {
    const now = await lockOrder(tx, order.id)
    if (now.state !== 'submitting' || now.sentAt?.getTime() !== order.sentAt?.getTime()) return
    const grounds = { actor: desk.workerId, evidence: { notWritten: error.message } }
    await moveOrder(tx, now, 'planned', grounds, { sentAt: null, leaseUntil: null })
  })
}

async function markUnknown(desk: OrderDesk, order: Order, reason: string): Promise<void> {
  await desk.db.transaction().execute(async (tx) => {
    const now = await lockOrder(tx, order.id)
    if (now.state !== 'submitting') return
    await moveOrder(tx, now, 'unknown', { actor: desk.workerId, evidence: { reason } })
    await changeOrder(tx, now.id, { failureReason: reason })
  })
}

/** A key that the venue refuses stops the account's entries until its user connects another. */
async function pauseOnBadKey(desk: OrderDesk, order: Order, refusal: OrderRejected): Promise<void> {
  if (refusal.code === 'invalid-key')
    await setAccountStatus(
      desk.db,
      order.accountId,
      'paused',
      `the venue refuses the key: ${refusal.message}`,
    )
}
