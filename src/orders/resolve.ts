import { degradeAccount } from '#db/accounts.ts'
import { ledgerBalances } from '#db/ledger.ts'
import { absentRounds, recordEvent } from '#db/order-events.ts'
import { sentMsAgo } from '#db/order-history.ts'
import { findOrder, lockOrder, moveOrder, type Order } from '#db/orders.ts'
import { findPosition } from '#db/positions.ts'
import { Decimal } from '../domain/decimal.ts'
import { VenueUnavailable } from '../errors.ts'
import type { VenueAccount } from '../exchange/venue-account.ts'
import type { VenueOrder } from '../exchange/venue-order.ts'
import { failed, skipped } from '../queue/job.ts'
import { crashpoint } from './crashpoint.ts'
import { endOrder } from './end.ts'
import { bookingContext, type OrderDesk } from './order-desk.ts'
import { planAgain } from './plan-again.ts'
import { type BookingContext, recordOrder } from './record.ts'
import { type OrderResult, recordedResult, result } from './result.ts'
import { fillsBehind } from './send.ts'

/** Beyond this an unknown order is a person's matter, and the account takes no entries. */
const unknownTooLongMs = 120_000
/** Two looks that both find nothing lie at least this far apart. */
const betweenRoundsMs = 5_000

/**
 * Learns from the venue what became of an order that was sent: looks it up by its client id, and books what it finds.
 * Not found proves nothing by itself: only two full rounds, apart, after the venue itself would refuse the request. No
 * timeout ends an order here. Throws VenueUnavailable when the venue cannot be asked.
 */
export async function resolveOrder(desk: OrderDesk, orderId: string): Promise<OrderResult> {
  const order = await findOrder(desk.db, orderId)
  if (!order) return result(failed(`there is no order ${orderId}`, 'nothing is to be done'), undefined)
  switch (order.state) {
    case 'submitting':
      if (order.leaseUntil !== null && (await leaseRuns(desk, order)))
        return result(skipped('it is being sent'), order.state, { needsResolving: true })
      await loseSender(desk, order)
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
  const asked = await lookUp(desk, order)
  if ('down' in asked) return tooLong(desk, order, asked.down)
  const { venue, context, found } = asked
  if (found) {
    const fills = await fillsBehind(venue, found)
    crashpoint('found-not-adopted')
    return recordedResult(await recordOrder(desk.db, order.id, { order: found, fills }, context))
  }
  if (order.state !== 'unknown')
    // It was there: a venue that does not show it now has not said that it is gone.
    return result(skipped('the venue does not show it now'), order.state, { needsResolving: true })
  return notFound(desk, order, venue, context)
}

/** The order at the venue. A venue that is down is asked again, until that has lasted too long for an unknown order. */
async function lookUp(
  desk: OrderDesk,
  order: Order,
): Promise<
  { venue: VenueAccount; context: BookingContext; found: VenueOrder | undefined } | { down: string }
> {
  try {
    const venue = await desk.gateway.account(order.accountId)
    const context = await bookingContext(desk, venue.account, order.symbol)
    const found = await venue.orderByClientId(order.symbol, order.clientOrderId)
    return { venue, context, found }
  } catch (error) {
    if (!(error instanceof VenueUnavailable) || order.state !== 'unknown') throw error
    if (((await sentMsAgo(desk.db, order.id)) ?? 0) <= unknownTooLongMs) throw error
    return { down: error.message }
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
  const waiting = (why: string) => result(skipped(why), 'unknown', { needsResolving: true })
  if (sentAgoMs < venue.settledAfterMs) return waiting('the venue may still take it')
  const sign = await findSign(desk, order, venue, sentAgoMs)
  if (sign !== undefined) {
    if (sentAgoMs > unknownTooLongMs) return tooLong(desk, order, sign)
    return waiting(sign)
  }
  if ((await absentRounds(desk.db, order.id, betweenRoundsMs)) === 0) {
    if ((await absentRounds(desk.db, order.id, 0)) === 0)
      await recordEvent(desk.db, order, 'unknown', 'unknown', {
        actor: desk.workerId,
        evidence: { round: 'absent' },
      })
    crashpoint('absent-once')
    return waiting('not found once: a second round follows')
  }
  crashpoint('absent-not-ended')
  const reason = 'the venue has no such order: it was never executed'
  const ending = { to: 'not_at_venue', reason, evidence: { round: 'absent', rounds: 2 } } as const
  const ended = await endOrder(desk.db, order.id, ['unknown'], ending, context)
  if (!ended) return resolveOrder(desk, order.id)
  if (order.purpose === 'entry')
    return result(failed(reason, 'the next signal decides again'), 'not_at_venue')
  crashpoint('ended-not-planned-again')
  const again = await planAgain(desk, order.id)
  return result({ kind: 'done', note: reason }, 'not_at_venue', {
    planned: again.kind === 'planned' ? [again.order] : [],
  })
}

/**
 * A sign that the order may have reached the venue after all, beside its client id: an order or a fill of its size and
 * side that is not ours, or money or a position that moved. Undefined when nothing speaks for it. A question that fails
 * throws: it is no round.
 */
async function findSign(
  desk: OrderDesk,
  order: Order,
  venue: VenueAccount,
  sentAgoMs: number,
): Promise<string | undefined> {
  const sinceMs = (await venue.serverTime()) - sentAgoMs - 10_000
  const [open, all, fills] = await Promise.all([
    venue.openOrders(order.symbol),
    venue.ordersSince(order.symbol, sinceMs),
    venue.fillsSince(order.symbol, sinceMs),
  ])
  const isIt = (one: VenueOrder) => one.clientOrderId === order.clientOrderId
  if ([...open, ...all].some(isIt)) return 'the venue lists it, but does not give it by its id yet'
  const known = new Set([...open, ...all].map((one) => one.venueOrderId))
  if (fills.some((fill) => !known.has(fill.venueOrderId)))
    return 'there is a fill of an order that is not listed'
  return moved(desk, order, venue)
}

/** Whether the venue holds something else than the books say. */
async function moved(desk: OrderDesk, order: Order, venue: VenueAccount): Promise<string | undefined> {
  const base = order.symbol.split('/', 1)[0] ?? ''
  if (venue.account.market === 'spot') {
    const [books, balances] = await Promise.all([ledgerBalances(desk.db, order.accountId), venue.balances()])
    const held = balances.find((balance) => balance.currency === base)?.total ?? '0'
    return new Decimal(held).eq(books.get(base) ?? '0')
      ? undefined
      : `the balance of ${base} is not what the books say`
  }
  const position = await findPosition(desk.db, order.positionId)
  const books = new Decimal(position?.quantityOpen ?? '0').times(position?.side === 'short' ? -1 : 1)
  const held = (await venue.positions()).find(({ symbol }) => symbol === order.symbol)?.quantity ?? '0'
  return books.eq(held) ? undefined : `the position on ${order.symbol} is not what the books say`
}

async function tooLong(desk: OrderDesk, order: Order, sign: string): Promise<OrderResult> {
  const reason = `order ${order.id} on ${order.symbol} is unknown for more than 120 s: ${sign}`
  await degradeAccount(desk.db, order.accountId, reason)
  return result(
    failed(reason, 'compare the account with the venue, then retry or settle the order by hand'),
    'unknown',
    {
      needsResolving: true,
    },
  )
}

async function leaseRuns(desk: OrderDesk, order: Order): Promise<boolean> {
  const age = (await sentMsAgo(desk.db, order.id)) ?? 0
  return (
    order.sentAt !== null &&
    order.leaseUntil !== null &&
    age < order.leaseUntil.getTime() - order.sentAt.getTime()
  )
}

/** Its sender died, or lost the database: nobody knows. */
async function loseSender(desk: OrderDesk, order: Order): Promise<void> {
  await desk.db.transaction().execute(async (tx) => {
    const now = await lockOrder(tx, order.id)
    if (now.state !== 'submitting') return
    const reason = 'its sender did not say what became of it'
    await moveOrder(
      tx,
      now,
      'unknown',
      { actor: desk.workerId, evidence: { reason } },
      { failureReason: reason },
    )
  })
}
