import { accountsOf, tradingUsers } from '#db/accounts.ts'
import { liveSignalsFor } from '#db/signals.ts'
import { cycleEveryMs } from '#src/domain/profiles.ts'
import { tradingCycle } from '#src/queue/contracts.ts'
import { done, skipped } from '#src/queue/job.ts'
import { decideAll } from '#src/trading/cycle.ts'
import { job, marketInterval, spreadOffset } from './context.ts'
import { wake } from './follow.ts'

/** Decides, for each account of one user, on every live signal that the user may act on. */
export default job(tradingCycle, {
  schedule: async ({ db, config }) =>
    (await tradingUsers(db)).map(({ userId, profile }) => {
      const everyMs = marketInterval(cycleEveryMs[profile], config)
      return { key: `cycle-${userId}`, data: { userId }, everyMs, offsetMs: spreadOffset(userId, everyMs) }
    }),

  async run({ userId }, context) {
    const { db, clock, config, enqueue, feedOf, keys, log, setupFilter, workerId } = context
    const accounts = (await accountsOf(db, userId)).filter((account) => account.status === 'active')
    if (accounts.length === 0) return skipped('no active account')
    const signals = await liveSignalsFor(db, userId, clock.marketNow())
    const failures: unknown[] = []
    for (const account of accounts) {
      try {
        const cycle = {
          db,
          keys,
          account,
          feed: feedOf(account),
          trustedSources: config.trustedSources,
          setupFilter,
          speed: config.replaySpeed,
          marketNowMs: clock.marketNow(),
          actor: workerId,
        }
        for await (const { orderId, decision, isNews, signal } of decideAll(cycle, signals)) {
          const { symbol, outcome, action, reasons } = decision
          if (isNews)
            log.info(
              { accountId: account.id, symbol, source: signal.source, outcome, action, reasons },
              'decision',
            )
          if (orderId === undefined) continue
          const purpose = action === 'close' ? ('exit' as const) : ('entry' as const)
          await wake(enqueue, { id: orderId, exchange: account.exchange, purpose }, 0)
        }
      } catch (error) {
        failures.push(error)
      }
    }
    if (failures.length > 0)
      throw new AggregateError(failures, `${failures.length} accounts could not be cycled`)
    return done
  },
})
