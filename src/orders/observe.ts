import type { Order } from '#db/orders.ts'
import { Decimal, sum } from '../domain/decimal.ts'
import { VenueUnavailable } from '../errors.ts'
import type { VenueAccount } from '../exchange/venue-account.ts'
import type { VenueFill, VenueOrder } from '../exchange/venue-order.ts'
import { decisionToFillSeconds } from '../metrics.ts'
import { traced } from '../tracing.ts'
import { raiseAlarm } from './alarm.ts'
import { crashpoint } from './crashpoint.ts'
import type { OrderDesk } from './order-desk.ts'
import { type BookingContext, type Recorded, recordOrder } from './record.ts'

/** What must be known of an order to book it and to speak of it. */
type Observable = Pick<
  Order,
  | 'id'
  | 'userId'
  | 'accountId'
  | 'positionId'
  | 'state'
  | 'symbol'
  | 'purpose'
  | 'type'
  | 'filled'
  | 'plannedAt'
  | 'traceparent'
>

/**
 * Books what the venue says of an order with every execution behind it, and raises an alarm where that contradicts what
 * was believed: an ending that turned out wrong, or fills beyond the position.
 */
export async function observeOrder(
  desk: OrderDesk,
  order: Observable,
  venue: VenueAccount,
  answer: VenueOrder,
  context: BookingContext,
): Promise<Recorded> {
  const fills = await fillsBehind(venue, answer)
  crashpoint('fills-read')
  const step = { name: 'book fills', attributes: { orderId: order.id }, follows: order.traceparent }
  const recorded = await traced(step, () =>
    desk.db.transaction().execute(async (tx) => {
      const booked = await recordOrder(tx, order.id, { order: answer, fills }, context)
      await sayContradictions({ ...desk, db: tx }, order, answer, booked)
      return booked
    }),
  )
  if (recorded.newFills > 0 && order.purpose !== 'stop' && new Decimal(order.filled).isZero())
    decisionToFillSeconds.observe(
      { purpose: order.purpose, type: order.type },
      Math.max(0, desk.clock.wallNow() - order.plannedAt.getTime()) / 1_000,
    )
  return recorded
}

async function sayContradictions(
  desk: Pick<OrderDesk, 'db' | 'log'>,
  order: Observable,
  { venueOrderId }: VenueOrder,
  { isLateTruth, excess, state, newFills }: Recorded,
): Promise<void> {
  const { id: target, userId, accountId, positionId, symbol } = order
  const about = { userId, accountId, positionId, symbol, target }
  if (isLateTruth)
    await raiseAlarm(desk, {
      event: 'late-truth',
      ...about,
      text: `order ${order.id} on ${symbol} was believed ${order.state}, and the venue says ${state}: it is booked`,
      details: { venueOrderId, newFills },
    })
  if (new Decimal(excess).gt(0))
    await raiseAlarm(desk, {
      event: 'excess-fill',
      ...about,
      text: `order ${order.id} moved ${excess} more than its position on ${symbol} held: it is in the ledger`,
      details: { venueOrderId, excess },
    })
}

/** The executions behind an answer: those that came with it when they are all, else the venue is asked. */
async function fillsBehind(venue: VenueAccount, answer: VenueOrder): Promise<readonly VenueFill[]> {
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
