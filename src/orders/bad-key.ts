import { accountOrThrow, pauseAccount } from '#db/accounts.ts'
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
  if (!(await pauseAccount(desk.db, accountId, text))) return true
  const { userId, name } = await accountOrThrow(desk.db, accountId)
  await raiseAlarm(desk, {
    event: 'key-refused',
    userId,
    accountId,
    target: accountId,
    text: `${text}; no order of ${name} can be sent, moved or taken back until another key is connected`,
  })
  return true
}
