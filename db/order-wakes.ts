import { sql } from 'kysely'
import type { OrderPurpose, OrderState } from '#src/domain/order.ts'
import type { Db } from './client.ts'

/** An order that needs a hand, and in which lane. */
export interface WakeableOrder {
  readonly id: string
  readonly exchange: string
  readonly purpose: OrderPurpose
  readonly state: OrderState
  /** How often it has been woken: part of the wake's job id, since a kept job swallows a repeated id. */
  readonly wake: number
}

/**
 * Takes the orders that nobody has looked at for `quietMs`: planned ones, and those whose end must be learnt from the
 * venue. Each is counted as woken at once, so that two sweepers wake it once.
 */
export async function takeWakes(
  db: Db,
  { quietMs, limit }: { readonly quietMs: number; readonly limit: number },
): Promise<WakeableOrder[]> {
  const quiet = sql<Date>`clock_timestamp() - ${quietMs} * interval '1 millisecond'`
  const rows = await db
    .updateTable('orders')
    .set({ wakes: sql`wakes + 1`, woken_at: sql<Date>`clock_timestamp()` })
    .where('id', 'in', (due) =>
      due
        .selectFrom('orders')
        .select('id')
        .where('state', 'in', ['planned', 'submitting', 'open', 'partially_filled', 'canceling', 'unknown'])
        .where(sql<Date>`coalesce(woken_at, planned_at)`, '<', quiet)
        .where((or) =>
          or.or([or('state', '<>', 'submitting'), or('lease_until', '<', sql<Date>`clock_timestamp()`)]),
        )
        .orderBy('planned_at')
        .limit(limit)
        .forUpdate()
        .skipLocked(),
    )
    .returning(['id', 'exchange', 'purpose', 'state', 'wakes'])
    .execute()
  return rows.map((row) => ({
    id: row.id,
    exchange: row.exchange,
    purpose: row.purpose as OrderPurpose,
    state: row.state as OrderState,
    wake: row.wakes,
  }))
}
