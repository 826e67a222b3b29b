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

/** Stores a user's settings (`accountId` null) or an account's, whole. */
export async function saveSettings(
  db: Db,
  userId: string,
  accountId: string | null,
  settings: UserSettingsPatch,
): Promise<void> {
  const text = JSON.stringify(userSettingsPatch.parse(settings))
  await db
    .insertInto('trading_settings')
    .values({ user_id: userId, account_id: accountId, settings: text })
    .onConflict((conflict) =>
      conflict.columns(['user_id', 'account_id']).doUpdateSet({ settings: text, updated_at: new Date() }),
    )
    .execute()
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
