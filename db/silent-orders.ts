import { sql } from 'kysely'
import type { Db } from './client.ts'

/**
 * Notes that the venue does not show an order that it had confirmed, and says for how long that has been so, by the
 * database's clock. Undefined when the order does not rest there by the journal either.
 */
export async function noteSilent(
  db: Db,
  orderId: string,
): Promise<{ readonly forMs: number; readonly isNew: boolean } | undefined> {
  const row = await db
    .updateTable('orders')
    .set({
      silent_since: sql<Date>`coalesce(silent_since, clock_timestamp())`,
      failure_code: sql<
        string | null
      >`case when silent_since is null and failure_code = 'silent-too-long' then null else failure_code end`,
    })
    .where('id', '=', orderId)
    .where('state', 'in', ['open', 'partially_filled', 'canceling'])
    .returning([
      sql<number>`extract(epoch from clock_timestamp() - silent_since) * 1000`.as('ms'),
      sql<boolean>`silent_since >= transaction_timestamp()`.as('is_new'),
    ])
    .executeTakeFirst()
  return row && { forMs: Number(row.ms), isNew: row.is_new }
}
