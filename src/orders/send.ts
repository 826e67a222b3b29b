import { hasExpired } from '#db/order-history.ts'
import { nextLook } from '#db/order-wakes.ts'
import { changeOrder, findOrder, lockOrder, moveOrder, type Order } from '#db/orders.ts'
import { lockPosition } from '#db/positions.ts'
import { isEnded } from '../domain/order.ts'
import { messageOf, OrderRejected, VenueUnavailable } from '../errors.ts'
import { approve, type OrderRequest } from '../exchange/order-request.ts'
import type { VenueAccount } from '../exchange/venue-account.ts'
import type { VenueOrder } from '../exchange/venue-order.ts'
import { failed, skipped } from '../queue/job.ts'
import { traced } from '../tracing.ts'
import { pauseOnBadKey } from './bad-key.ts'
import { type Claim, claimOrder } from './claim.ts'
import { crashpoint } from './crashpoint.ts'
import { endOrder } from './end.ts'
import { observeOrder } from './observe.ts'
import { bookingContext, type OrderDesk } from './order-desk.ts'
import { protectPosition } from './protect.ts'
import type { BookingContext } from './record.ts'
import { type OrderResult, recordedResult, result } from './result.ts'
import { sellWhatIsFree } from './sell-free.ts'
import type { SettleContext } from './settle.ts'

/**
 * Sends a planned order, once: claim, one HTTP attempt, booking. Whoever else tries finds it taken. Throws
 * VenueUnavailable when nothing has happened and it is planned still (or again). A signal that aborts before the claim
 * leaves it to another worker; after the claim it is finished, whatever the signal says.
 */
export async function sendOrder(
  desk: OrderDesk,
  orderId: string,
  signal?: AbortSignal,
): Promise<OrderResult> {
  const planned = await findOrder(desk.db, orderId)
  if (!planned) return result(failed(`there is no order ${orderId}`, 'nothing is to be done'), undefined)
  if (planned.state !== 'planned') return result(skipped(`it is ${planned.state} already`), planned.state)
  const { symbol, exchange, purpose, traceparent: follows } = planned
  const attributes = { orderId, symbol, exchange, purpose }
  return traced({ name: 'send order', attributes, follows }, () => send(desk, planned, signal))
}

async function send(desk: OrderDesk, planned: Order, signal: AbortSignal | undefined): Promise<OrderResult> {
  const { db } = desk
  // An entry whose time is over is abandoned also while the venue is down.
  if (await hasExpired(db, planned.id)) return claimed(await claimOrder(db, planned, settling(desk)))

  // Everything that can wait for the network comes before the claim: from there on, seconds count.
  const ready = await prepare(desk, planned)
  if (ready instanceof OrderRejected) return abandon(desk, planned, ready)
  const { venue, context } = ready
  if (signal?.aborted) return result(skipped('it is left to another worker'), planned.state)
  const claimedAt = { wallMs: desk.clock.wallNow(), monotonicMs: performance.now() }
  crashpoint('ready-not-claimed')
  const claim = await claimOrder(db, planned, context)
  if (claim.kind !== 'claimed') return claimed(claim)

  crashpoint('claimed-not-sent')
  let answer: VenueOrder
  try {
    answer = await venue.placeOrder(approve(requestOf(claim.order), claimedAt))
  } catch (error) {
    return await notAcknowledged(desk, claim.order, error, venue, context)
  }
  crashpoint('sent-not-recorded')
  const recorded = await observeOrder(desk, claim.order, venue, answer, context)
  // A venue may acknowledge first and execute then: a market order's fills are asked for at once.
  return recordedResult(recorded, claim.order.type === 'market' && !isEnded(recorded.state))
}

function requestOf(order: Order): OrderRequest {
  return {
    symbol: order.symbol,
    side: order.side,
    type: order.type,
    quantity: order.quantity,
    clientOrderId: order.clientOrderId,
    isReduceOnly: order.isReduceOnly,
    isExit: order.purpose !== 'entry',
    ...(order.price !== null && { price: order.price }),
    ...(order.stopPrice !== null &&
      (order.type === 'stop_market' ? { stopPrice: order.stopPrice } : { attachedStop: order.stopPrice })),
  }
}

/** What a claim that got nothing to send came to. */
function claimed(claim: Claim): OrderResult {
  if (claim.kind === 'waiting')
    return result(skipped('its account is compared with its venue first'), 'planned')
  if (claim.kind !== 'abandoned') {
    const state = claim.kind === 'taken' ? claim.state : 'submitting'
    return result(skipped(`it is ${state} already`), state)
  }
  return result(failed(`abandoned: ${claim.reason}`, 'the next signal decides again'), 'abandoned')
}

/** The venue, ready for the order. An entry that cannot be made ready is refused; an exit waits until it can. */
async function prepare(
  desk: OrderDesk,
  order: Order,
): Promise<{ venue: VenueAccount; context: BookingContext } | OrderRejected> {
  try {
    const venue = await desk.gateway.account(order.accountId)
    const context = await bookingContext(desk, venue.account, order.symbol)
    if (order.purpose === 'entry')
      await venue.prepareEntry({ symbol: order.symbol, leverage: Number(order.leverage ?? 1) })
    return { venue, context }
  } catch (error) {
    if (error instanceof OrderRejected && order.purpose === 'entry') return error
    throw error
  }
}

async function abandon(desk: OrderDesk, order: Order, refusal: OrderRejected): Promise<OrderResult> {
  await pauseOnBadKey(desk, order.accountId, refusal)
  const { message: reason, code, advice } = refusal
  await endOrder(desk.db, order.id, ['planned'], { to: 'abandoned', reason, code, advice }, settling(desk))
  return result(failed(reason, advice), 'abandoned')
}

function settling(desk: OrderDesk): SettleContext {
  return {
    actor: desk.workerId,
    marketNowMs: desk.clock.marketNow(),
    monitorShards: desk.config.monitorShards,
    keys: desk.keys,
  }
}

/** What the venue said, word for word; undefined when nothing of it came. */
function answerOf({ cause }: OrderRejected): string | undefined {
  return cause === undefined ? undefined : messageOf(cause)
}

/** Three endings: refused for certain, nothing happened, or nobody knows. */
async function notAcknowledged(
  desk: OrderDesk,
  order: Order,
  error: unknown,
  venue: VenueAccount,
  context: BookingContext,
): Promise<OrderResult> {
  if (error instanceof OrderRejected) {
    const { message: reason, code, advice } = error
    crashpoint('refused-not-recorded')
    const ending = { to: 'rejected', reason, code, advice } as const
    const ended = await endOrder(desk.db, order.id, ['submitting', 'unknown'], ending, context)
    await pauseOnBadKey(desk, order.accountId, error)
    crashpoint('refused-not-sold-on')
    const isShort = code === 'insufficient-funds' && order.purpose === 'exit' && !order.isReduceOnly
    const rest = ended && isShort ? await sellWhatIsFree(desk, order, venue) : undefined
    return result(failed(reason, advice, answerOf(error)), ended ? 'rejected' : undefined, {
      planned: rest ? [rest] : [],
    })
  }
  if (error instanceof VenueUnavailable) {
    crashpoint('not-written-not-returned')
    await backToPlanned(desk, order, error)
    throw error
  }
  const reason = messageOf(error)
  crashpoint('unknown-not-recorded')
  await markUnknown(desk, order, reason)
  const next = await nextLook(desk.db, order.id)
  return result({ kind: 'done', note: `outcome unknown: ${reason}` }, 'unknown', {
    needsResolving: true,
    ...(next && { nextLook: next }),
  })
}

/** Only the sender knows that nothing was written, and only while nobody has taken the order for lost. */
async function backToPlanned(desk: OrderDesk, order: Order, error: VenueUnavailable): Promise<void> {
  await desk.db.transaction().execute(async (tx) => {
    const now = await lockOrder(tx, order.id)
    if (now.state !== 'submitting' || now.sentAt?.getTime() !== order.sentAt?.getTime()) return
    const grounds = { actor: desk.workerId, evidence: { notWritten: error.message } }
    await moveOrder(tx, now, 'planned', grounds, { sentAt: null, leaseUntil: null })
    crashpoint('mid-return')
  })
}

async function markUnknown(desk: OrderDesk, order: Order, reason: string): Promise<void> {
  await desk.db.transaction().execute(async (tx) => {
    const position = await lockPosition(tx, order.positionId)
    const now = await lockOrder(tx, order.id)
    if (now.state !== 'submitting') return
    await moveOrder(tx, now, 'unknown', { actor: desk.workerId, evidence: { reason } })
    await changeOrder(tx, now.id, { failureReason: reason })
    crashpoint('mid-unknown')
    await protectPosition(tx, position, { actor: desk.workerId, keys: desk.keys })
  })
}
