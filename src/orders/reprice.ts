import { sql } from 'kysely'
import type { Db } from '#db/client.ts'
import { insertOrder, type Order } from '#db/orders.ts'
import type { Position } from '#db/positions.ts'
import { liveSignalsFor } from '#db/signals.ts'
import { Decimal } from '../domain/decimal.ts'
import { wholeSteps } from '../domain/exits/venue-minimum.ts'
import { directionOf } from '../domain/side.ts'
import { roundToTick } from '../domain/tick.ts'
import { newClientOrderId } from '../vault/client-order-id.ts'
import { crashpoint } from './crashpoint.ts'
import { entryLivesMs } from './plan.ts'
import type { BookingContext } from './record.ts'

/**
 * Plans a limit entry once more at the price of now, in the transaction that books its end: it was taken back because its
 * time was over, nothing of it had filled, its user wants it repriced, and its signal still lives. It never costs more
 * than was decided, and a price that has left the range between stop and target is not followed. False: it is skipped.
 */
export async function repriceEntry(
  tx: Db,
  order: Order,
  position: Position,
  context: BookingContext,
): Promise<boolean> {
  const last = context.priceOf(context.filters.base)
  const restsForMs = await timedOut(tx, order)
  if (order.onTimeout !== 'reprice' || restsForMs === undefined || last === undefined || order.price === null)
    return false
  const signals = await liveSignalsFor(tx, order.userId, context.marketNowMs)
  if (!signals.some(({ id }) => id === position.signalId)) return false
  const price = roundToTick(Number(last), position.rules.tick)
  if (!isBetween(price, position)) return false
  const affordable = Decimal.min(order.quantity, new Decimal(order.quantity).times(order.price).div(price))
  const quantity = wholeSteps(affordable, position.rules)
  if (quantity.lte(0)) return false
  await insertOrder(
    tx,
    {
      ...order,
      quantity: quantity.toString(),
      price: new Decimal(price).toString(),
      referencePrice: new Decimal(price).toString(),
      attempt: order.attempt + 1,
      clientOrderId: newClientOrderId(context.keys, order.accountId),
      expiresInMs: entryLivesMs,
      restsForMs,
    },
    ['entry'],
    { actor: context.actor, evidence: { repriced: order.id } },
  )
  crashpoint('mid-reprice')
  return true
}

/** For how long the order was to rest, in ms, when that time is over and nobody else ended it before. */
async function timedOut(tx: Db, order: Order): Promise<number | undefined> {
  const row = await tx
    .selectFrom('orders')
    .select(sql<number>`extract(epoch from rests_until - planned_at) * 1000`.as('ms'))
    .where('id', '=', order.id)
    .where('cancel_requested_at', '>=', sql<Date>`rests_until`)
    .executeTakeFirst()
  return row && Number(row.ms)
}

function isBetween(price: number, { side, stopLoss, takeProfit }: Position): boolean {
  const direction = directionOf(side)
  const isBeyondStop = stopLoss === null || (price - Number(stopLoss)) * direction > 0
  return isBeyondStop && (takeProfit === null || (Number(takeProfit) - price) * direction > 0)
}
