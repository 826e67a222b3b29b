import { sql } from 'kysely'
import type { OrderPurpose, OrderState } from '#src/domain/order.ts'
import type { Db } from './client.ts'
import type { WakeableOrder } from './order-wakes.ts'

/**
 * What transactions on a position left to be done: orders they planned and nobody was woken for yet, and resting ones that
 * are wanted back and for which no cancel is under way. Each is counted as woken; the sweeper finds what gets lost. It takes
 * its turn on the position: whoever has that locks its orders one by one, in another order.
 */
export async function takeFollowUps(db: Db, positionId: string): Promise<WakeableOrder[]> {
  const rows = await db
    .updateTable('orders')
    .set({ wakes: sql`wakes + 1`, woken_at: sql<Date>`clock_timestamp()` })
    .where('position_id', 'in', (turn) =>
      turn.selectFrom('positions').select('id').where('id', '=', positionId).forNoKeyUpdate(),
    )
    .where((or) =>
      or.or([
        or.and([or('state', '=', 'planned'), or('woken_at', 'is', null)]),
        or.and([or('state', 'in', ['open', 'partially_filled']), or('cancel_requested_at', 'is not', null)]),
      ]),
    )
    .returning(['id', 'exchange', 'purpose', 'state', 'wakes'])
    .execute()
  return rows.map((row) => ({
    id: row.id,
    exchange: row.exchange,
    purpose: row.purpose as OrderPurpose,
    state: row.state as OrderState,
    wantsCancel: row.state !== 'planned',
    wake: row.wakes,
  }))
}

/** Takes back that an order was woken: nobody was. */
export async function putBack(db: Db, orderId: string): Promise<void> {
  await db.updateTable('orders').set({ woken_at: null }).where('id', '=', orderId).execute()
}
