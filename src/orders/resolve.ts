import { degradeAccount, recoverAccount } from '#db/accounts.ts'
import { isProvenAbsent } from '#db/order-evidence.ts'
import { sentMsAgo } from '#db/order-history.ts'
import { nextLook } from '#db/order-wakes.ts'
import { changeOrder, findOrder, type Order } from '#db/orders.ts'
import { VenueUnavailable } from '../errors.ts'
import type { VenueAccount } from '../exchange/venue-account.ts'
import { failed, skipped } from '../queue/job.ts'
import { lookForAbsent } from './absence.ts'
import { raiseAlarm } from './alarm.ts'
import { crashpoint } from './crashpoint.ts'
import { endOrderIn } from './end.ts'
import { loseSender } from './lost-sender.ts'
import { observeOrder } from './observe.ts'
import { bookingContext, type OrderDesk } from './order-desk.ts'
import { leaveAgain } from './plan-again.ts'
import type { BookingContext } from './record.ts'
import { type OrderResult, recordedResult, result } from './result.ts'
import { askAboutSilence } from './silent.ts'

/** Beyond this an unknown order is a person's matter, and the account takes no entries. */
const unknownTooLongMs = 120_000

/**
 * Learns from the venue what became of an order that was sent: looks it up by its client id, and books what it finds.
 * Not found proves nothing by itself: only two full rounds, apart, after the venue itself would refuse the request. No
 * timeout ends an order here. While it stays unknown, the result says when to look next. Throws VenueUnavailable when
 * the venue cannot be asked for an order that it is known to have.
 */
export async function resolveOrder(desk: OrderDesk, orderId: string): Promise<OrderResult> {
  const order = await findOrder(desk.db, orderId)
  if (!order) return result(failed(`there is no order ${orderId}`, 'nothing is to be done'), undefined)
  const resolved = await resolve(desk, order)
  if (resolved.state !== 'unknown') {
    if (order.state === 'unknown' || order.silentSince !== null)
      await recoverAccount(desk.db, order.accountId)
    return resolved
  }
  const next = await nextLook(desk.db, orderId)
  return { ...resolved, ...(next && { nextLook: next }) }
}

async function resolve(desk: OrderDesk, order: Order): Promise<OrderResult> {
  switch (order.state) {
    case 'submitting':
      if ((await loseSender(desk, order.id)) === undefined)
        return result(skipped('it is being sent'), order.state, { needsResolving: true })
      crashpoint('lost-sender')
      return ask(desk, { ...order, state: 'unknown' })
    case 'unknown':
    case 'open':
    case 'partially_filled':
    case 'canceling':
      return ask(desk, order)
    default:
      return result(skipped(`it is ${order.state}`), order.state)
  }
}

async function ask(desk: OrderDesk, order: Order): Promise<OrderResult> {
  try {
    const venue = await desk.gateway.account(order.accountId)
    const context = await bookingContext(desk, venue.account, order.symbol)
    const found = await venue.orderByClientId(order)
    if (found) {
      crashpoint('found-not-adopted')
      return recordedResult(await observeOrder(desk, order, venue, found, context))
    }
    // It was there: a venue that does not show it now has not said that it is gone.
    if (order.state !== 'unknown') return await askAboutSilence(desk, order, venue, context)
    return await notFound(desk, order, venue, context)
  } catch (error) {
    // A venue that does not answer has said nothing: an unknown order stays so, and is looked for again.
    if (!(error instanceof VenueUnavailable) || order.state !== 'unknown') throw error
    return stillUnknown(desk, order, error.message)
  }
}

/** One round of looking in vain. The second, far enough after the first, is the proof. */
async function notFound(
  desk: OrderDesk,
  order: Order,
  venue: VenueAccount,
  context: BookingContext,
): Promise<OrderResult> {
  const sentAgoMs = (await sentMsAgo(desk.db, order.id)) ?? 0
  if (sentAgoMs < venue.settledAfterMs) return stillUnknown(desk, order, 'the venue may still take it')
  const sign = await lookForAbsent(desk, order, venue, sentAgoMs)
  if (sign !== undefined) return stillUnknown(desk, order, sign)
  if (!(await isProvenAbsent(desk.db, order.id))) {
    crashpoint('absent-once')
    return stillUnknown(desk, order, 'not found once: a second round follows')
  }
  crashpoint('absent-not-ended')
  const reason = 'the venue has no such order: it was never executed'
  const ended = await desk.db.transaction().execute(async (tx) => {
    const ending = { to: 'not_at_venue', reason } as const
    if (!(await endOrderIn(tx, order.id, ['unknown'], ending, context))) return undefined
    crashpoint('ended-not-planned-again')
    // An exit or a stop that is still wanted follows in the transaction that ends this one.
    if (order.purpose === 'entry') return 'entry'
    const again = await leaveAgain(tx, desk, order.id)
    crashpoint('planned-again-not-committed')
    return again
  })
  if (!ended) return resolveOrder(desk, order.id)
  if (ended === 'entry') return result(failed(reason, 'the next signal decides again'), 'not_at_venue')
  return result({ kind: 'done', note: reason }, 'not_at_venue', {
    planned: ended.kind === 'planned' ? [ended.order] : [],
  })
}

/** It stays unknown; once that has lasted too long, the account takes no entries and a person is told, once. */
async function stillUnknown(desk: OrderDesk, order: Order, why: string): Promise<OrderResult> {
  const waiting = result(skipped(why), 'unknown', { needsResolving: true })
  if (((await sentMsAgo(desk.db, order.id)) ?? 0) <= unknownTooLongMs) return waiting
  const reason = `order ${order.id} on ${order.symbol} is unknown for more than 120 s: ${why}`
  await degradeAccount(desk.db, order.accountId, reason)
  const tooLong = result(
    failed(reason, 'compare the account with the venue; it recovers when the order is found'),
    'unknown',
    { needsResolving: true },
  )
  if (order.failureCode === 'unknown-too-long') return tooLong
  const { id: target, userId, accountId, positionId, symbol, clientOrderId } = order
  const about = { userId, accountId, positionId, symbol, target }
  await desk.db.transaction().execute(async (tx) => {
    await changeOrder(tx, order.id, { failureCode: 'unknown-too-long', failureReason: reason })
    await raiseAlarm(
      { ...desk, db: tx },
      { event: 'order-unknown-too-long', ...about, text: reason, details: { clientOrderId } },
    )
  })
  return tooLong
}
