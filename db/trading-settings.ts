import { sql } from 'kysely'
import { z } from 'zod'
import { type UserSettingsPatch, userSettingsPatch } from '#src/domain/settings.ts'
import { baseOf } from '#src/domain/signal.ts'
import type { Db } from './client.ts'

/** What a user stored for themselves and for one account; `{}` where nothing is stored. */
export interface StoredSettings {
  readonly user: UserSettingsPatch
  readonly account: UserSettingsPatch
}

/** The stored settings of an account and its user. Throws naming the setting when a stored value breaks its rule. */
export async function findSettings(db: Db, userId: string, accountId: string): Promise<StoredSettings> {
  const rows = await db
    .selectFrom('trading_settings')
    .select(['account_id', 'settings'])
    .where('user_id', '=', userId)
    .where((or) => or.or([or('account_id', 'is', null), or('account_id', '=', accountId)]))
    .execute()
  return {
    user: parse(rows.find((row) => row.account_id === null)?.settings),
    account: parse(rows.find((row) => row.account_id === accountId)?.settings),
  }
}

/** One layer of stored settings, and which edit of it this is; version 0 where nothing is stored. */
export interface SettingsLayer {
  readonly settings: UserSettingsPatch
  readonly version: number
}

/** A user's own layer (`accountId` null) or an account's, held against other edits until the transaction ends. */
export async function lockSettings(db: Db, userId: string, accountId: string | null): Promise<SettingsLayer> {
  const row = await layerOf(db, userId, accountId).forUpdate().executeTakeFirst()
  return { settings: parse(row?.settings), version: row?.version ?? 0 }
}

/** A user's own layer (`accountId` null) or an account's. */
export async function readSettings(db: Db, userId: string, accountId: string | null): Promise<SettingsLayer> {
  const row = await layerOf(db, userId, accountId).executeTakeFirst()
  return { settings: parse(row?.settings), version: row?.version ?? 0 }
}

function layerOf(db: Db, userId: string, accountId: string | null) {
  return db
    .selectFrom('trading_settings')
    .select(['settings', 'version'])
    .where('user_id', '=', userId)
    .where('account_id', accountId === null ? 'is' : '=', accountId)
}

/**
 * Stores a user's settings (`accountId` null) or an account's, whole, as the next version. With `from`, undefined when
 * that version is not the stored one any more, and nothing has changed.
 */
export async function saveSettings(
  db: Db,
  userId: string,
  accountId: string | null,
  settings: UserSettingsPatch,
  from?: number,
): Promise<number | undefined> {
  const text = JSON.stringify(userSettingsPatch.parse(settings))
  const row = await db
    .insertInto('trading_settings')
    .values({ user_id: userId, account_id: accountId, settings: text })
    .onConflict((conflict) =>
      conflict
        .columns(['user_id', 'account_id'])
        .doUpdateSet({
          settings: text,
          version: sql<number>`trading_settings.version + 1`,
          updated_at: new Date(),
        })
        .where(sql<boolean>`${from ?? null}::integer is null or trading_settings.version = ${from ?? null}`),
    )
    .returning('version')
    .executeTakeFirst()
  return row?.version
}

function parse(stored: unknown): UserSettingsPatch {
  const parsed = userSettingsPatch.safeParse(stored ?? {})
  if (!parsed.success) throw new Error(`stored settings are not valid: ${z.prettifyError(parsed.error)}`)
  return parsed.data
}

/** The bases that users name in their settings, of all tenants: what sources look at beside the most traded. */
export async function symbolsWanted(db: Db): Promise<string[]> {
  const rows = await db
    .selectFrom('trading_settings')
    .select('settings')
    .where(sql<boolean>`jsonb_typeof(settings -> 'symbols') = 'array'`)
    .execute()
  const named = rows.flatMap((row) => parse(row.settings).symbols ?? [])
  return [...new Set(named.map(baseOf))]
}
