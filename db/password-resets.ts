import { sql } from 'kysely'
import type { Db } from './client.ts'

/**
 * Lets whoever has a link choose a new password, once and within so many minutes; an earlier link of that user opens
 * nothing any more. `db` acts for the user.
 */
export async function allowReset(
  db: Db,
  reset: { readonly userId: string; readonly digest: Buffer; readonly minutes: number },
): Promise<Date> {
  await endResets(db, reset.userId)
  const row = await db
    .insertInto('password_resets')
    .values({
      user_id: reset.userId,
      digest: reset.digest,
      expires_at: sql<Date>`now() + make_interval(mins => ${reset.minutes})`,
    })
    .returning('expires_at')
    .executeTakeFirstOrThrow()
  return row.expires_at
}

/** Ends the links of a user. */
export async function endResets(db: Db, userId: string): Promise<void> {
  await db
    .updateTable('password_resets')
    .set({ used_at: sql<Date>`now()` })
    .where('user_id', '=', userId)
    .where('used_at', 'is', null)
    .execute()
}

/**
 * Uses a link up in the transaction that changes the password; whose it is, or undefined when it opens nothing (any more).
 * The transaction acts for that user from there on.
 */
export async function useReset(tx: Db, digest: Buffer): Promise<string | undefined> {
  await sql`select set_config('app.token_digest', ${digest.toString('hex')}, true)`.execute(tx)
  const row = await tx
    .updateTable('password_resets')
    .set({ used_at: sql<Date>`now()` })
    .where('digest', '=', digest)
    .where('used_at', 'is', null)
    .where('expires_at', '>', sql<Date>`now()`)
    .returning('user_id')
    .executeTakeFirst()
  if (row) await sql`select set_config('app.user_id', ${row.user_id}, true)`.execute(tx)
  return row?.user_id
}
