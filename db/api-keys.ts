import { sql } from 'kysely'
import type { Db } from './client.ts'

/** A sealed key as the web and the command line store it; `sealed` is opened by the exchange gateway alone. */
export interface NewApiKey {
  readonly accountId: string
  readonly userId: string
  readonly exchange: string
  readonly fingerprint: string
  readonly sealed: object
}

/**
 * Stores an account's key. Returns false when the key belongs to an account already (one key, one account), or the
 * account has one.
 */
export async function storeApiKey(db: Db, key: NewApiKey): Promise<boolean> {
  const result = await db
    .insertInto('api_keys')
    .values({
      account_id: key.accountId,
      user_id: key.userId,
      exchange: key.exchange,
      fingerprint: key.fingerprint,
      sealed: JSON.stringify(key.sealed),
    })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst()
  return (result.numInsertedOrUpdatedRows ?? 0n) > 0n
}

/**
 * Puts another key in the place of an account's. Returns false when that key belongs to another account, or the account
 * has none.
 */
export async function replaceApiKey(db: Db, key: NewApiKey): Promise<boolean> {
  const result = await db
    .updateTable('api_keys')
    .set({
      fingerprint: key.fingerprint,
      sealed: JSON.stringify(key.sealed),
      permissions: '{}',
      checked_at: null,
    })
    .where('account_id', '=', key.accountId)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('api_keys as other')
            .select('other.account_id')
            .where('other.exchange', '=', key.exchange)
            .where('other.fingerprint', '=', key.fingerprint)
            .where('other.account_id', '<>', key.accountId),
        ),
      ),
    )
    .executeTakeFirst()
  return result.numUpdatedRows > 0n
}

/** The sealed key of an account, as it was stored; workers only. */
export async function findSealedKey(db: Db, accountId: string): Promise<unknown> {
  const row = await db
    .selectFrom('api_keys')
    .select('sealed')
    .where('account_id', '=', accountId)
    .executeTakeFirst()
  return row?.sealed
}

/** Stores what the venue says the key may do, and that it was asked now. */
export async function recordPermissions(db: Db, accountId: string, permissions: object): Promise<void> {
  await db
    .updateTable('api_keys')
    .set({ permissions: JSON.stringify(permissions), checked_at: sql<Date>`now()` })
    .where('account_id', '=', accountId)
    .execute()
}
