import { accountOrThrow } from '#db/accounts.ts'
import { findSealedKey, storeResealed } from '#db/api-keys.ts'
import type { OrderDesk } from '../orders/order-desk.ts'
import { reseal } from '../vault/reseal.ts'

/**
 * Seals an account's key under the current SECRET_KEY where a previous one did, and its fingerprint with it. A key that is
 * replaced meanwhile stays as whoever replaced it sealed it; one that nothing opens is left for doctor and the check to
 * tell. Returns whether it was sealed anew.
 */
export async function resealKey(
  { db, keys, log }: Pick<OrderDesk, 'db' | 'keys' | 'log'>,
  accountId: string,
): Promise<boolean> {
  const { userId, exchange } = await accountOrThrow(db, accountId)
  const opened = await findSealedKey(db, accountId)
  const renewed = reseal(keys, { userId, accountId, exchange }, opened)
  if (!renewed) return false
  const isStored = await storeResealed(db, accountId, opened, renewed)
  if (isStored) log.info({ accountId }, 'the key is sealed under the current SECRET_KEY')
  else log.warn({ accountId }, 'the key is not sealed anew: it was replaced, or another account has it too')
  return isStored
}
