import type { Order } from '#db/orders.ts'
import { Decimal } from '../../domain/decimal.ts'
import { isEnded, isLateTruth } from '../../domain/order.ts'
import type { VenueAccount } from '../../exchange/venue-account.ts'
import { takeBackLate } from '../late-order.ts'
import { observeOrder } from '../observe.ts'
import { bookingContext, type OrderDesk } from '../order-desk.ts'
import type { DoubtBook } from './doubt.ts'
import { ordersIn, type VenueReport } from './report.ts'

/**
 * Books what the venue executed of orders that the journal has ended without it: their fills are ours, however late they
 * are learnt of, and not the user's own.
 */
export async function bookLate(
  desk: OrderDesk,
  venue: VenueAccount,
  report: VenueReport,
  known: ReadonlyMap<string, Order>,
): Promise<void> {
  for (const there of ordersIn(report).values()) {
    const order = known.get(there.clientOrderId)
    if (!order || !isEnded(order.state)) continue
    const isExecuted = new Decimal(there.filled).gt(order.filled)
    const hasTriggered = there.becameVenueOrderId !== undefined && order.becameVenueOrderId === null
    if (!isExecuted && !hasTriggered) continue
    const whole = await venue.orderByClientId(order)
    if (!whole) continue
    const context = await bookingContext(desk, venue.account, order.symbol)
    await observeOrder(desk, order, venue, whole, context)
  }
}

/**
 * Orders of ours that rest at the venue although the journal has ended them, seen twice: lists may be seconds old. What
 * was believed not to be there comes to life with an alarm, and an entry among them is taken back: its price was another
 * time's. What had been taken back, and rests all the same, is taken back again. Returns the positions that this concerns.
 */
export async function faceLateOrders(
  desk: OrderDesk,
  venue: VenueAccount,
  { openOrders }: VenueReport,
  known: ReadonlyMap<string, Order>,
  doubts: DoubtBook,
): Promise<string[]> {
  const changed: string[] = []
  for (const there of openOrders) {
    const order = known.get(there.clientOrderId)
    if (!order || !isEnded(order.state)) continue
    if (!doubts.isConfirmed(`late ${order.id}`, `${order.state}, and open there`)) continue
    if (order.state !== 'canceled' && isLateTruth(order.state, 'open')) {
      const context = await bookingContext(desk, venue.account, order.symbol)
      await observeOrder(desk, order, venue, there, context)
      changed.push(order.positionId)
      continue
    }
    await takeBackLate(desk, venue, order, there)
  }
  return changed
}
