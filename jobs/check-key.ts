import { openAccounts } from '#db/accounts.ts'
import { checkKey as check } from '#src/accounts/check-key.ts'
import { resealKey } from '#src/accounts/reseal-key.ts'
import { checkKey } from '#src/queue/contracts.ts'
import { done } from '#src/queue/job.ts'
import { job, spreadOffset } from './context.ts'

const everyMs = 24 * 60 * 60_000

/**
 * Asks once a day whether the key of an account may still do what it should, and no more, and seals it under the current
 * SECRET_KEY if a previous one did.
 */
export default job(checkKey, {
  schedule: async ({ db }) =>
    (await openAccounts(db)).map(({ id }) => ({
      key: `check-key-${id}`,
      data: { accountId: id },
      everyMs,
      offsetMs: spreadOffset(id, everyMs),
    })),

  async run({ accountId }, context) {
    await resealKey(context, accountId)
    const reason = await check(context, accountId)
    return reason === undefined ? done : { kind: 'done', note: `paused: ${reason}` }
  },
})
