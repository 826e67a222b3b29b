import type { Order } from '#db/orders.ts'
import type { VenueAccount } from '../exchange/venue-account.ts'
import type { VenueOrder } from '../exchange/venue-order.ts'
import { raiseAlarm } from './alarm.ts'
import type { OrderDesk } from './order-desk.ts'

/**
 * Takes back an order of ours that rests at the venue although the journal has ended it: a cancel that was confirmed may
 * have been lost there. The journal stays as it is; should it fill all the same, that is late truth.
 */
export async function takeBackLate(
  desk: OrderDesk,
  venue: VenueAccount,
  order: Order,
  there: VenueOrder,
): Promise<void> {
  await venue.cancelOrder(order)
  await raiseAlarm(desk, {
    event: 'late-order',
    userId: order.userId,
    accountId: order.accountId,
    positionId: order.positionId,
    symbol: order.symbol,
    target: order.id,
    text: `order ${order.id} on ${order.symbol} rests at the venue, and the journal has it ${order.state}: it is taken back`,
    details: { venueOrderId: there.venueOrderId, clientOrderId: order.clientOrderId },
  })
}
