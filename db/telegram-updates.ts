import { sql } from 'kysely'
import type { Db } from './client.ts'

/** Takes an update of the bot: false when it was taken before, by whichever process. */
export async function takeUpdate(db: Db, updateId: number): Promise<boolean> {
  const rows = await db
    .insertInto('telegram_updates')
    .values({ update_id: String(updateId) })
    .onConflict((conflict) => conflict.doNothing())
    .returning('update_id')
    .execute()
  return rows.length > 0
}

/** The last update that was taken; undefined when there was none. Updates of more than a week ago are forgotten. */
export async function lastUpdate(db: Db): Promise<number | undefined> {
  const row = await db
    .selectFrom('telegram_updates')
    .select(sql<string | null>`max(update_id)`.as('last'))
    .executeTakeFirst()
  await db
    .deleteFrom('telegram_updates')
    .where('taken_at', '<', sql<Date>`now() - interval '7 days'`)
    .where('update_id', '<', row?.last ?? '0')
    .execute()
  return row?.last ? Number(row.last) : undefined
}
