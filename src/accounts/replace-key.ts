import { type Account, accountOrThrow, resumeAccount } from '#db/accounts.ts'
import { recordPermissions, replaceApiKey } from '#db/api-keys.ts'
import { recordAudit } from '#db/audit.ts'
import { requireReconciliation } from '#db/reconciliations.ts'
import { letWait } from '#db/turn.ts'
import { messageOf, UserError } from '../errors.ts'
import { createGateway } from '../exchange/gateway.ts'
import { type KeptKey, sealFor } from '../vault/seal.ts'
import type { VenueKey } from '../vault/sealed.ts'
import type { ConnectParts } from './connect.ts'
import { pausedForKey, requireUsable } from './usable-key.ts'

type ReplaceParts = ConnectParts & { readonly actor: string }

/**
 * Puts another key in the place of an account's, while workers trade with the old one: they read the new one within a
 * minute, or when the old one is refused. It is tried at the venue first, like every key, and entries wait until the
 * account was compared with what it shows. An account that was paused for its key trades again. All or nothing.
 * @throws UserError that says what is in the way.
 */
export async function replaceKey(parts: ReplaceParts, accountId: string, key: VenueKey): Promise<Account> {
  const { userId, exchange } = await accountOrThrow(parts.db, accountId)
  return replaceSealedKey(parts, accountId, sealFor(parts.keys, { userId, accountId, exchange }, key))
}

/** Puts a key in place that was sealed for the account already; otherwise as `replaceKey`. */
export async function replaceSealedKey(
  parts: ReplaceParts,
  accountId: string,
  key: KeptKey,
): Promise<Account> {
  const { db, actor } = parts
  return db.transaction().execute(async (tx) => {
    await letWait(tx)
    const { userId, exchange, status } = await accountOrThrow(tx, accountId)
    if (status === 'closed') throw new UserError('this account is closed')
    const replaced = await replaceApiKey(tx, { accountId, userId, exchange, ...key })
    if (!replaced) throw new UserError('this API key belongs to another account: one key, one account')
    const gateway = createGateway({ ...parts, db: tx })
    try {
      const permissions = await (await gateway.account(accountId)).keyPermissions()
      requireUsable(permissions)
      await recordPermissions(tx, accountId, permissions)
    } catch (error) {
      if (error instanceof UserError) throw error
      throw new UserError(`the venue does not take this key: ${messageOf(error)}`, { cause: error })
    } finally {
      await gateway.close()
    }
    await requireReconciliation(tx, accountId)
    await resumeAccount(tx, accountId, pausedForKey)
    await recordAudit(tx, { userId, actor, action: 'account.replace-key', target: accountId })
    return accountOrThrow(tx, accountId)
  })
}
