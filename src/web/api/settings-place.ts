import { z } from 'zod'
import { accountsOf } from '#db/accounts.ts'
import type { Db } from '#db/client.ts'
import { findSettings } from '#db/trading-settings.ts'
import type { Market } from '../../domain/market.ts'
import type { UserSettingsPatch } from '../../domain/settings.ts'

/** Whose settings are meant: an account's own, or the user's for all accounts. */
export const settingsQuery = z.strictObject({ account: z.uuid('must be the id of an account').optional() })

/** What holds around a layer of settings: the layers, and the market whose defaults count. */
export interface SettingsPlace {
  readonly user: UserSettingsPatch
  /** The account's own layer; empty for the user's settings. */
  readonly account: UserSettingsPatch
  readonly market: Market
}

/** The place of an account's settings, or of the user's: these are shown on the market of the first account. */
export async function settingsPlace(db: Db, userId: string, accountId?: string): Promise<SettingsPlace> {
  const accounts = await accountsOf(db, userId)
  const account = accountId === undefined ? accounts[0] : accounts.find(({ id }) => id === accountId)
  const market = account?.market ?? 'spot'
  if (accountId !== undefined) return { ...(await findSettings(db, userId, accountId)), market }
  // No account has the nil id: what is found is the user's alone.
  return { user: (await findSettings(db, userId, nilId)).user, account: {}, market }
}

const nilId = '00000000-0000-0000-0000-000000000000'
