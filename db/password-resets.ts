import { sql } from 'kysely'
import { newSecret } from '#src/secret.ts'
import type { Db } from './client.ts'

/** A link to choose a new password is good for so long. */
const linkMinutes = 60

/**
 * Makes a link with which somebody chooses a new password, once; an earlier one opens nothing any more. Its secret is in the
 * answer alone. `db` acts for the user, or is a worker's.
 */
export async function linkToReset(
  db: Db,
  userId: string,
): Promise<{ readonly path: string; readonly expiresAt: Date }> {
  await endResets(db, userId)
  const { text, digest } = newSecret()
  const row = await db
    .insertInto('password_resets')
    .values({
      user_id: userId,
      digest,
      expires_at: sql<Date>`now() + make_interval(mins => ${linkMinutes})`,
    })
    .returning('expires_at')
    .executeTakeFirstOrThrow()
  // Behind the # it is sent to no server, and so is in no log.
  return { path: `/reset-password#${text}`, expiresAt: row.expires_at }
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
