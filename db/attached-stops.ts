import { sql } from 'kysely'
import type { DecimalText } from '#src/domain/decimal.ts'
import type { Db } from './client.ts'
import { recordEvent } from './order-events.ts'
import { takeSlots } from './order-slots.ts'
import { type Order, toOrder } from './orders.ts'

/**
 * What a stop would still close: an attached one is as large as what its entry has filled so far, every other as it was
 * planned. An SQL expression over `orders`.
 */
export const leftOfStop = sql<DecimalText>`(coalesce((select entry.filled from orders as entry
  where entry.account_id = orders.account_id and entry.client_order_id = orders.attached_to), orders.quantity) - orders.filled)`

/** The entries of a position that carried a stop and have filled, while the journal has no stop of theirs yet. */
export async function entriesWithStop(db: Db, positionId: string): Promise<Order[]> {
  const rows = await db
    .selectFrom('orders as entry')
    .selectAll('entry')
    .where('position_id', '=', positionId)
    .where('purpose', '=', 'entry')
    .where('stop_price', 'is not', null)
    .where('filled', '>', '0')
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('orders as stop')
            .select('stop.id')
            .whereRef('stop.account_id', '=', 'entry.account_id')
            .whereRef('stop.attached_to', '=', 'entry.client_order_id'),
        ),
      ),
    )
    .orderBy('planned_at')
    .execute()
  return rows.map(toOrder)
}

/** Writes the stop that a venue has attached to an entry's fills into the journal: it rests. */
export async function insertAttachedStop(
  db: Db,
  entry: Order,
  stop: { readonly plan: number; readonly clientOrderId: string; readonly actor: string },
): Promise<void> {
  const { id } = await db
    .insertInto('orders')
    .values({
      user_id: entry.userId,
      account_id: entry.accountId,
      position_id: entry.positionId,
      exchange: entry.exchange,
      symbol: entry.symbol,
      side: entry.side === 'buy' ? 'sell' : 'buy',
      purpose: 'stop',
      type: 'stop_market',
      quantity: entry.quantity,
      stop_price: entry.stopPrice,
      reference_price: entry.stopPrice ?? '',
      is_reduce_only: true,
      attempt: stop.plan,
      client_order_id: stop.clientOrderId,
      attached_to: entry.clientOrderId,
      close_reason: 'stop_loss',
      state: 'open',
      sent_at: sql<Date>`clock_timestamp()`,
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  await takeSlots(db, { id, userId: entry.userId, positionId: entry.positionId }, [`stop:${stop.plan}`])
  const grounds = { actor: stop.actor, evidence: { attachedTo: entry.id, price: entry.stopPrice } }
  await recordEvent(db, { id, userId: entry.userId }, null, 'open', grounds)
}
