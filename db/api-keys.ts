import { sql } from 'kysely'
import type { Db } from './client.ts'

/** A sealed key as the web and the command line store it; `sealed` is opened by the exchange gateway alone. */
export interface NewApiKey {
  readonly accountId: string
  readonly userId: string
  readonly exchange: string
  /** The key under every SECRET_KEY: the first is stored, and none may be another account's. */
  readonly fingerprints: readonly [current: string, ...previous: string[]]
  readonly sealed: object
}

/**
 * Stores an account's key. Returns false when the key belongs to an account already (one key, one account), or the
 * account has one.
 */
export async function storeApiKey(db: Db, key: NewApiKey): Promise<boolean> {
  // What is stored under the current SECRET_KEY is told by the constraint, for racers too.
  const elsewhere = await db
    .selectFrom('api_keys')
    .select('account_id')
    .where('exchange', '=', key.exchange)
    .where('fingerprint', 'in', key.fingerprints)
    .executeTakeFirst()
  if (elsewhere) return false
  const result = await db
    .insertInto('api_keys')
    .values({
      account_id: key.accountId,
      user_id: key.userId,
      exchange: key.exchange,
      fingerprint: key.fingerprints[0],
      sealed: JSON.stringify(key.sealed),
    })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst()
  return (result.numInsertedOrUpdatedRows ?? 0n) > 0n
}

/**
 * Whether an account has the key, of whichever tenant, other than `butAccountId`. A tenant's transaction sees by it what it
 * could not ask for: that a key is taken, and only who holds the key can ask.
 */
export async function isKeyTaken(
  tx: Db,
  key: Pick<NewApiKey, 'exchange' | 'fingerprints'>,
  butAccountId?: string,
): Promise<boolean> {
  const see = (fingerprints: string) =>
    sql`select set_config('app.key_fingerprints', ${fingerprints}, true)`.execute(tx)
  await see(key.fingerprints.join(','))
  const rows = await tx
    .selectFrom('api_keys')
    .select('account_id')
    .where('exchange', '=', key.exchange)
    .where('fingerprint', 'in', key.fingerprints)
    .execute()
  await see('')
  return rows.some((row) => row.account_id !== butAccountId)
}

/**
 * Puts another key in the place of an account's. Returns false when that key belongs to another account, or the account
 * has none.
 */
export async function replaceApiKey(db: Db, key: NewApiKey): Promise<boolean> {
  const result = await db
    .updateTable('api_keys')
    .set({
      fingerprint: key.fingerprints[0],
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
            .where('other.fingerprint', 'in', key.fingerprints)
            .where('other.account_id', '<>', key.accountId),
        ),
      ),
    )
    .executeTakeFirst()
  return result.numUpdatedRows > 0n
}

/**
 * Stores an account's key as another SECRET_KEY seals it, unless the row is no longer the one that was opened: whoever
 * replaced the key meanwhile wins. Returns whether it was stored; not, too, when another account has the fingerprint.
 */
export async function storeResealed(
  db: Db,
  accountId: string,
  opened: unknown,
  renewed: { readonly sealed: object; readonly fingerprint: string },
): Promise<boolean> {
  const result = await db
    .updateTable('api_keys')
    .set({ fingerprint: renewed.fingerprint, sealed: JSON.stringify(renewed.sealed) })
    .where('account_id', '=', accountId)
    .where('sealed', '=', JSON.stringify(opened))
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('api_keys as other')
            .select('other.account_id')
            .whereRef('other.exchange', '=', 'api_keys.exchange')
            .where('other.fingerprint', '=', renewed.fingerprint)
            .whereRef('other.account_id', '<>', 'api_keys.account_id'),
        ),
      ),
    )
    .executeTakeFirst()
  return result.numUpdatedRows > 0n
}

/** The sealed keys of all accounts that are not closed, of every tenant; workers only. */
export async function sealedKeys(
  db: Db,
): Promise<{ accountId: string; userId: string; name: string; sealed: unknown }[]> {
  return db
    .selectFrom('api_keys')
    .innerJoin('accounts', 'accounts.id', 'api_keys.account_id')
    .select(['accounts.id as accountId', 'accounts.user_id as userId', 'accounts.name', 'api_keys.sealed'])
    .where('accounts.status', '<>', 'closed')
    .orderBy('accounts.created_at')
    .execute()
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
