import { accountOrThrow, pauseAccount } from '#db/accounts.ts'
import { recordPermissions } from '#db/api-keys.ts'
import { inTransaction } from '#db/client.ts'
import { raiseAlarm } from '../orders/alarm.ts'
import { pauseOnBadKey } from '../orders/bad-key.ts'
import type { OrderDesk } from '../orders/order-desk.ts'
import { unusableKey, whyNotUsable } from './usable-key.ts'

/**
 * Asks the venue what an account's key may do. One that may withdraw by now, may not trade any more or is refused pauses the
 * account, and its user is told, once; what protects and closes goes on with it as long as the venue takes it. Returns the
 * reason, or undefined when the key is as it should be. Throws VenueUnavailable when the venue does not answer.
 */
export async function checkKey(
  desk: Pick<OrderDesk, 'db' | 'log' | 'gateway'>,
  accountId: string,
): Promise<string | undefined> {
  const { db, gateway } = desk
  try {
    const permissions = await (await gateway.account(accountId)).keyPermissions()
    await recordPermissions(db, accountId, permissions)
    const reason = whyNotUsable(permissions)
    if (reason === undefined) return undefined
    const text = `${unusableKey}: ${reason}`
    await inTransaction(db, async (tx) => {
      if (!(await pauseAccount(tx, accountId, text))) return
      const { userId, name } = await accountOrThrow(tx, accountId)
      const said = `${text}; ${name} takes no entries until another key is connected`
      await raiseAlarm(
        { ...desk, db: tx },
        { event: 'key-unusable', userId, accountId, target: accountId, text: said },
      )
    })
    return reason
  } catch (error) {
    if (await pauseOnBadKey(desk, accountId, error)) return 'the venue refuses the key'
    throw error
  }
}
