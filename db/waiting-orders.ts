import { sql } from 'kysely'
import type { OrderPurpose, OrderState } from '#src/domain/order.ts'
import type { Db } from './client.ts'
import type { WakeableOrder } from './order-wakes.ts'

/**
 * Takes the planned orders of an account, which waited until it was compared with its venue. Each is counted as woken; one
 * that somebody holds is left to the sweeper.
 */
export async function takeWaiting(db: Db, accountId: string): Promise<WakeableOrder[]> {
  const rows = await db
    .updateTable('orders')
    .set({ wakes: sql`wakes + 1`, woken_at: sql<Date>`clock_timestamp()` })
    .where('id', 'in', (free) =>
      free
        .selectFrom('orders')
        .select('id')
        .where('account_id', '=', accountId)
        .where('state', '=', 'planned')
        .forNoKeyUpdate()
        .skipLocked(),
    )
    .returning(['id', 'exchange', 'purpose', 'state', 'wakes'])
    .execute()
  return rows.map((row) => ({
    id: row.id,
    exchange: row.exchange,
    purpose: row.purpose as OrderPurpose,
    state: row.state as OrderState,
    wantsCancel: false,
    wake: row.wakes,
  }))
}
