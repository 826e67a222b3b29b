import { findAccount } from '#db/accounts.ts'
import { lastRefusal } from '#db/order-history.ts'
import { slotsOf } from '#db/order-slots.ts'
import { liveOrders, type Order } from '#db/orders.ts'
import { findPosition, type Position } from '#db/positions.ts'
import { Decimal, type DecimalText } from '../domain/decimal.ts'
import type { VenueAccount } from '../exchange/venue-account.ts'
import { cancelOrder } from './cancel.ts'
import { crashpoint } from './crashpoint.ts'
import { endOrder } from './end.ts'
import { bookingContext, type OrderDesk } from './order-desk.ts'
import { planExit, writeOff } from './plan.ts'

/** Asks for a planned order to be sent now. It must not wait: the order is in the database, and is woken from there too. */
export type Wake = (order: Pick<Order, 'id' | 'exchange' | 'purpose'>) => void

const resting: readonly Order['state'][] = ['open', 'partially_filled', 'canceling']

/**
 * One step of closing a position, safe to repeat and to do in many processes at once: what was not sent yet is
 * abandoned, entries that rest are taken back, all that is free is sold (or bought back) at the market, and what rests
 * after that is taken back too. On spot, where resting orders hold coins, selling waits for the venue to confirm the
 * cancels, and sells no more than is free there. Returns what it waits for, in words; undefined when the position is
 * over and nothing of it lives. Throws VenueUnavailable when the venue cannot be asked.
 */
export async function closePosition(
  desk: OrderDesk,
  positionId: string,
  wake: Wake,
): Promise<string | undefined> {
  await abandonUnsent(desk, positionId)
  const position = await findPosition(desk.db, positionId)
  if (!position) return undefined
  const isSpot = !position.rules.reduceOnly
  const isOver = position.state === 'closed' || position.state === 'void'
  for (const order of await liveOrders(desk.db, positionId))
    if (resting.includes(order.state) && (isOver || isSpot || order.purpose === 'entry'))
      await cancelOrder(desk, order.id)
  crashpoint('taken-back-not-closed')

  const live = await liveOrders(desk.db, positionId)
  const name = position.symbol
  if (isOver) return live.length === 0 ? undefined : `${name}: its last orders are being taken back`
  if (isSpot && live.some((order) => resting.includes(order.state)))
    return `${name}: the venue has not confirmed a cancel`
  const stuck = await sellFree(desk, positionId, wake)
  if (stuck !== undefined) return `${name}: ${stuck}`
  const now = await findPosition(desk.db, positionId)
  if (now?.state === 'closed' || now?.state === 'void') return `${name}: closed, its last look follows`
  if (live.some((order) => order.purpose === 'entry'))
    return `${name}: what became of its entry is being asked`
  const refusal = await lastRefusal(desk.db, positionId)
  return refusal === undefined
    ? `${name}: the close is under way`
    : `${name}: the venue refused the close, and is asked again: ${refusal}`
}

/** What has not left yet never will: the entry, and levels whose part the close takes with it. */
async function abandonUnsent(desk: OrderDesk, positionId: string): Promise<void> {
  const planned = (await liveOrders(desk.db, positionId)).filter(({ state }) => state === 'planned')
  for (const order of planned) {
    if (order.purpose === 'stop' || (await slotsOf(desk.db, order.id)).includes('close')) continue
    const account = await findAccount(desk.db, order.accountId)
    if (!account) continue
    const context = await bookingContext(desk, account, order.symbol)
    const ending = { to: 'abandoned', reason: 'everything is being closed' } as const
    await endOrder(desk.db, order.id, ['planned'], ending, context)
    crashpoint('unsent-abandoned')
  }
}

/**
 * Plans the close of what no order holds yet; a remainder that the venue would refuse is written off. Returns why nothing
 * can be sold although there should be something.
 */
async function sellFree(desk: OrderDesk, positionId: string, wake: Wake): Promise<string | undefined> {
  const { db, keys, workerId: actor } = desk
  const position = await findPosition(db, positionId)
  if (!position || !isFree(position)) return undefined
  const venue = await desk.gateway.account(position.accountId)
  const context = await bookingContext(desk, venue.account, position.symbol)
  const price = await priceOf(desk, venue, position)
  const quantity = await sellable(venue, position)
  if (quantity === '0') return 'the venue shows nothing of it that is free'
  const exit = { positionId, quantity, slots: ['close'], reason: 'manual', price, actor } as const
  const orderId = await db.transaction().execute(async (tx) => {
    const planned = await planExit(tx, keys, exit)
    if (planned === undefined) await writeOff(tx, { positionId, reason: 'manual', price }, context)
    return planned
  })
  crashpoint('close-not-woken')
  if (orderId !== undefined) wake({ id: orderId, exchange: venue.account.exchange, purpose: 'exit' })
  return undefined
}

function isFree({ quantityOpen, quantityReserved }: Position): boolean {
  return new Decimal(quantityOpen).gt(quantityReserved)
}

/** Reduce-only orders can take no more than there is; on spot a sale must not touch what is not free. */
async function sellable(venue: VenueAccount, position: Position): Promise<DecimalText | 'all'> {
  if (position.rules.reduceOnly) return 'all'
  const base = position.symbol.split('/', 1)[0]
  const held = (await venue.balances()).find(({ currency }) => currency === base)
  const ours = new Decimal(position.quantityOpen).minus(position.quantityReserved)
  return Decimal.min(held?.free ?? '0', ours).toString()
}

async function priceOf(desk: OrderDesk, { account }: VenueAccount, position: Position): Promise<number> {
  const price = (await desk.feedOf(account).prices()).get(position.symbol)
  return price ?? Number(position.entryPrice)
}
