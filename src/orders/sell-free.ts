import { slotsOf } from '#db/order-slots.ts'
import type { Order } from '#db/orders.ts'
import { Decimal } from '../domain/decimal.ts'
import type { VenueAccount } from '../exchange/venue-account.ts'
import type { OrderDesk } from './order-desk.ts'
import { planExit } from './plan.ts'

/**
 * What follows when the venue refuses a spot exit for want of coins: something of the user's locks a part of them, and
 * what is free is sold at once. Returns the order to send, or undefined when less would not help.
 */
export async function sellWhatIsFree(
  desk: OrderDesk,
  order: Order,
  venue: VenueAccount,
): Promise<Pick<Order, 'id' | 'exchange' | 'purpose'> | undefined> {
  const base = order.symbol.split('/', 1)[0] ?? ''
  const held = (await venue.balances()).find(({ currency }) => currency === base)
  // Coins that are not there at all are a matter for the books.
  if (!held || new Decimal(held.total).lt(order.quantity) || new Decimal(held.free).gte(order.quantity))
    return undefined
  const slots = await slotsOf(desk.db, order.id)
  const id = await desk.db.transaction().execute((tx) =>
    planExit(tx, desk.keys, {
      positionId: order.positionId,
      quantity: held.free,
      slots,
      reason: order.closeReason ?? 'manual',
      price: Number(order.referencePrice),
      actor: desk.workerId,
      attempt: order.attempt + 1,
      isCorrection: true,
    }),
  )
  return id === undefined ? undefined : { id, exchange: order.exchange, purpose: order.purpose }
}
