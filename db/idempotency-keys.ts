import { sql } from 'kysely'
import type { Db } from './client.ts'

/** What became of a request that was sent under a key before. */
export interface Remembered {
  /** Whether it asked for the same thing; another thing may not be asked for under its key. */
  readonly isSameRequest: boolean
  readonly status: number
  /** Null when it held a secret, which is shown once alone. */
  readonly answer: string | null
}

/** A key is remembered for so long; after that it may be used for something else. */
const remembered = sql`interval '24 hours'`

/**
 * Takes a key for a request of `requestHash` (SHA-256), in the transaction that does what is asked: when that fails, the key
 * is free again. Undefined when it was taken now; else what was answered under it. A request under the same key that is still
 * being answered is waited for.
 */
export async function takeKey(
  db: Db,
  userId: string,
  { key, requestHash }: { readonly key: string; readonly requestHash: Buffer },
): Promise<Remembered | undefined> {
  const { rows } = await sql`
    insert into idempotency_keys as known (user_id, key, request_hash) values (${userId}, ${key}, ${requestHash})
    on conflict (user_id, key) do update set
      request_hash = excluded.request_hash, status = null, answer = null, created_at = clock_timestamp()
      where known.created_at < clock_timestamp() - ${remembered}
    returning key`.execute(db)
  if (rows.length > 0) return undefined
  const row = await db
    .selectFrom('idempotency_keys')
    .select(['request_hash', 'status', 'answer'])
    .where('user_id', '=', userId)
    .where('key', '=', key)
    .executeTakeFirstOrThrow()
  if (row.status === null) throw new Error('a key was kept without what was answered under it')
  return { isSameRequest: row.request_hash.equals(requestHash), status: row.status, answer: row.answer }
}

/** Keeps what is answered under a key that this transaction has taken. */
export async function keepAnswer(
  db: Db,
  userId: string,
  { key, status, answer }: { readonly key: string; readonly status: number; readonly answer: string | null },
): Promise<void> {
  await db
    .updateTable('idempotency_keys')
    .set({ status, answer })
    .where('user_id', '=', userId)
    .where('key', '=', key)
    .execute()
}
