import { degradeAccount } from '#db/accounts.ts'
import { isProvenAbsent } from '#db/order-evidence.ts'
import { sentMsAgo } from '#db/order-history.ts'
import { changeOrder, lockOrder, type Order } from '#db/orders.ts'
import { lockPosition } from '#db/positions.ts'
import { noteSilent } from '#db/silent-orders.ts'
import type { VenueAccount } from '../exchange/venue-account.ts'
import { skipped } from '../queue/job.ts'
import { lookForAbsent } from './absence.ts'
import { raiseAlarm } from './alarm.ts'
import { endOrderIn } from './end.ts'
import type { OrderDesk } from './order-desk.ts'
import { protectPosition } from './protect.ts'
import type { BookingContext } from './record.ts'
import { type OrderResult, result } from './result.ts'

/** Beyond this an order that the venue does not show is a person's matter, and the account takes no entries. */
const silentTooLongMs = 120_000
/** Venues tell at most a week from a moment on. */
const longestLookMs = 6 * 86_400_000

/**
 * What follows when the venue does not show an order that it had confirmed: silence is not an ending. Its position is
 * protected as if the order were not there, and two whole rounds of nothing, apart, prove that the venue has ended it
 * without a further execution: `canceled`, and a person hears of it. While something speaks for it, it stays as it is.
 */
export async function askAboutSilence(
  desk: OrderDesk,
  order: Order,
  venue: VenueAccount,
  context: BookingContext,
): Promise<OrderResult> {
  const waiting = (why: string) => result(skipped(why), order.state, { needsResolving: true })
  const sentAgoMs = (await sentMsAgo(desk.db, order.id)) ?? 0
  if (sentAgoMs < venue.settledAfterMs) return waiting('the venue does not show it yet')
  const forMs = await protectMeanwhile(desk, order)
  if (forMs === undefined) return waiting('somebody else has moved it')
  const sign = await lookForAbsent(desk, order, venue, Math.min(sentAgoMs, longestLookMs))
  if (sign === undefined && (await isProvenAbsent(desk.db, order.id))) return end(desk, order, context)
  const why = sign ?? 'the venue does not show it: another look follows'
  if (forMs > silentTooLongMs) await callPerson(desk, order, why)
  return waiting(why)
}

/** For how long it has been silent, in ms, with its position protected; undefined when it does not rest any more. */
function protectMeanwhile(desk: OrderDesk, { id, positionId }: Order): Promise<number | undefined> {
  return desk.db.transaction().execute(async (tx) => {
    const position = await lockPosition(tx, positionId)
    await lockOrder(tx, id)
    const silent = await noteSilent(tx, id)
    if (silent?.isNew) await protectPosition(tx, position, { actor: desk.workerId, keys: desk.keys })
    return silent?.forMs
  })
}

async function end(desk: OrderDesk, order: Order, context: BookingContext): Promise<OrderResult> {
  const reason = 'the venue has no such order any more, and executed nothing of it that is not booked'
  const living = ['open', 'partially_filled', 'canceling'] as const
  const ended = await desk.db.transaction().execute(async (tx) => {
    if (!(await endOrderIn(tx, order.id, living, { to: 'canceled', reason }, context))) return false
    const text = `order ${order.id} on ${order.symbol} rested at the venue, and is not there any more: it is taken for canceled`
    const details = { clientOrderId: order.clientOrderId, purpose: order.purpose }
    await raiseAlarm({ ...desk, db: tx }, { event: 'order-vanished', ...about(order), text, details })
    return true
  })
  if (!ended) return result(skipped('somebody else has moved it'), order.state, { needsResolving: true })
  return result({ kind: 'done', note: reason }, 'canceled')
}

/** No proof and no order: the account takes no entries, and a person is told, once. */
async function callPerson(desk: OrderDesk, order: Order, why: string): Promise<void> {
  const reason = `the venue does not show order ${order.id} on ${order.symbol} for more than 120 s: ${why}`
  await degradeAccount(desk.db, order.accountId, reason)
  if (order.failureCode === 'silent-too-long') return
  await desk.db.transaction().execute(async (tx) => {
    await changeOrder(tx, order.id, { failureCode: 'silent-too-long', failureReason: reason })
    const details = { clientOrderId: order.clientOrderId }
    await raiseAlarm(
      { ...desk, db: tx },
      { event: 'order-silent-too-long', ...about(order), text: reason, details },
    )
  })
}

function about({ id: target, userId, accountId, positionId, symbol }: Order) {
  return { userId, accountId, positionId, symbol, target }
}
