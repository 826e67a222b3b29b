import { forgottenRequests } from '#db/account-requests.ts'
import { findSimulator } from '#db/workers.ts'
import { answerRequest } from '#src/accounts/requests.ts'
import { answerAccountRequest } from '#src/queue/contracts.ts'
import { done, skipped } from '#src/queue/job.ts'
import { job } from './context.ts'

/** A request that nobody has answered by then was lost with the queue, or failed. */
const forgottenMs = 10_000
const againEveryMs = 30_000

/** Connects an account that a user asked for, or puts another key in its place, and writes down what is in the way. */
export default job(answerAccountRequest, {
  schedule: async ({ db }) =>
    (await forgottenRequests(db, forgottenMs)).map((requestId) => ({
      key: `request-${requestId}`,
      data: { requestId },
      everyMs: againEveryMs,
    })),

  async run({ requestId }, { db, keys, clock, config, log }) {
    const { binanceUseTestnet } = config
    const parts = { db, keys, simulatorUrl: () => findSimulator(db), binanceUseTestnet }
    const end = await answerRequest(parts, requestId, clock.wallNow())
    if (!end) return skipped('it has ended, or another worker is at it')
    if (end.state === 'refused') return { kind: 'done', note: `refused: ${end.reason}` }
    const { id, exchange, market, mode } = end.account
    log.info({ accountId: id, exchange, market, mode }, 'account request done')
    return done
  },
})
