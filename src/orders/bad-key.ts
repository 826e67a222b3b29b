import { accountOrThrow, pauseAccount } from '#db/accounts.ts'
import { inTransaction } from '#db/client.ts'
import { OrderRejected } from '../errors.ts'
import { raiseAlarm } from './alarm.ts'
import type { OrderDesk } from './order-desk.ts'

/**
 * Pauses an account whose key the venue refuses, until its user connects another, and says so once: nothing can be
 * protected or closed there meanwhile. Returns whether that was the reason of the refusal.
 */
export async function pauseOnBadKey(
  desk: Pick<OrderDesk, 'db' | 'log'>,
  accountId: string,
  refusal: unknown,
): Promise<boolean> {
  if (!(refusal instanceof OrderRejected) || refusal.code !== 'invalid-key') return false
  const text = `the venue refuses the key: ${refusal.message}`
  await inTransaction(desk.db, async (tx) => {
    if (!(await pauseAccount(tx, accountId, text))) return
    const { userId, name } = await accountOrThrow(tx, accountId)
    const said = `${text}; no order of ${name} can be sent, moved or taken back until another key is connected`
    await raiseAlarm(
      { ...desk, db: tx },
      { event: 'key-refused', userId, accountId, target: accountId, text: said },
    )
  })
  return true
}
