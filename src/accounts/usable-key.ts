import { UserError } from '../errors.ts'
import type { KeyPermissions } from '../exchange/venue-order.ts'

/** An account that was paused for its key says so by words that begin like one of these. */
export const unusableKey = 'its key is not what it should be'
export const pausedForKey = ['the venue refuses the key', unusableKey] as const

/** Why a key is not taken, or not kept; undefined when it may trade and may not withdraw. */
export function whyNotUsable({ canTrade, canWithdraw }: KeyPermissions): string | undefined {
  if (canWithdraw) return 'this API key may withdraw: make one that may only read and trade'
  if (!canTrade) return 'this API key may not trade: allow trading for it at the venue'
  return undefined
}

/** Throws UserError for a key that may withdraw, or not trade. */
export function requireUsable(permissions: KeyPermissions): void {
  const reason = whyNotUsable(permissions)
  if (reason !== undefined) throw new UserError(reason)
}
