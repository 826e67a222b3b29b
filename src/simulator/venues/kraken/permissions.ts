import type { Account } from '../../core/account.ts'
import { Failure } from './failure.ts'

/** What a key may be allowed, in the venue's words. */
export type Permission =
  | 'query-funds'
  | 'withdraw-funds'
  | 'query-open-trades'
  | 'query-closed-trades'
  | 'modify-trades'
  | 'close-trades'
  | 'query-ledger'
  | 'create-ws-token'

const usual: readonly Permission[] = [
  'query-funds',
  'query-open-trades',
  'query-closed-trades',
  'modify-trades',
  'close-trades',
  'query-ledger',
  'create-ws-token',
]

/** What an account's key may do: the setting `permissions`, between commas, else all of trading; and withdrawals by their own setting. */
export function permissionsOf({ settings }: Account): readonly string[] {
  const own = settings.get('permissions')?.split(',') ?? usual
  return settings.get('enableWithdrawals') === 'true' ? [...own, 'withdraw-funds'] : own
}

/** Throws unless the key has one of these permissions. */
export function requirePermission(account: Account, anyOf: readonly Permission[]): void {
  const own = permissionsOf(account)
  if (!anyOf.some((permission) => own.includes(permission))) throw new Failure('EGeneral:Permission denied')
}

/** GetApiKeyInfo. */
export function keyInfo(account: Account) {
  const seconds = String(Math.floor(account.createdAt / 1000))
  return {
    api_key_name: 'simulated',
    api_key: account.seed.apiKey,
    nonce_window: '0',
    permissions: permissionsOf(account),
    ip_allowlist: [],
    created_time: seconds,
    modified_time: seconds,
    valid_until: '0',
    query_from: '0',
    query_to: '0',
  }
}
