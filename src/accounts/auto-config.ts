import type { Account } from '#db/accounts.ts'
import { recordAudit } from '#db/audit.ts'
import type { Db } from '#db/client.ts'
import { findSettings, saveSettings } from '#db/trading-settings.ts'
import { presetFor, presetSettings } from '../domain/presets.ts'
import type { PresetName } from '../domain/settings.ts'
import { mergeSettings } from '../domain/trading-settings.ts'
import type { VenueBalance } from '../exchange/venue-order.ts'

/**
 * Lets the balance of a new account (its quote currency, as the venue shows it) pick one of the shipped presets where the
 * user's settings have auto_config on. The preset's name is stored with the account, and what it sets goes under
 * everything that the user sets, now or later. Returns the name, or undefined when nothing was picked.
 */
export async function autoConfigure(
  tx: Db,
  account: Pick<Account, 'id' | 'userId' | 'market' | 'quote'>,
  balances: readonly VenueBalance[],
): Promise<PresetName | undefined> {
  const { user, account: own } = await findSettings(tx, account.userId, account.id)
  if (!mergeSettings({ user, account: own, market: account.market }).auto_config) return undefined
  const balance = balances.find(({ currency }) => currency === account.quote)?.total ?? '0'
  const preset = presetFor(Number(balance))
  await saveSettings(tx, account.userId, account.id, { ...own, preset })
  await recordAudit(tx, {
    userId: account.userId,
    actor: 'bullpen',
    action: 'account.auto-config',
    target: account.id,
    details: { balance, quote: account.quote, preset, settings: presetSettings(preset) },
  })
  return preset
}
