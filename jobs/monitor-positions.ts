import { markSwept } from '#db/monitor-shards.ts'
import type { WatchedPosition } from '#db/monitored-positions.ts'
import { eventText, reevaluationText } from '#src/monitor/events.ts'
import { sweep } from '#src/monitor/sweep.ts'
import { planExit, writeOff } from '#src/orders/plan.ts'
import { monitorPositions } from '#src/queue/contracts.ts'
import { done } from '#src/queue/job.ts'
import { numbersOf } from '#src/trading/market-numbers.ts'
import { type JobContext, job, marketInterval } from './context.ts'
import { wake } from './follow.ts'

const everyMs = 5_000

/** Evaluates every open position of one shard, and asks for the exits that are due. */
export default job(monitorPositions, {
  schedule: async ({ config }) =>
    Array.from({ length: config.monitorShards }, (_, shard) => ({
      key: `monitor-${shard}`,
      data: { shard },
      everyMs: marketInterval(everyMs, config),
    })),

  async run({ shard }, context) {
    const { db, clock, feedOf, log, workerId } = context
    const marketNowMs = clock.marketNow()
    const market = {
      prices: async (watched: WatchedPosition) => feedOf(watched).prices(),
      reading: async (watched: WatchedPosition, price: number, candleOpenTimeMs: number) => {
        const numbers = await numbersOf(feedOf(watched), watched.state.symbol, price, marketNowMs)
        return { candleOpenTimeMs, ...numbers }
      },
    }
    const swept = await sweep(db, shard, market, marketNowMs)
    for (const { watched, change } of swept.changes)
      log.info({ accountId: watched.accountId, symbol: watched.state.symbol, ...change }, reevaluationText)
    for (const blind of swept.blind) log.error(blind, 'a position could not be evaluated')
    for (const due of swept.due) await leave(due, context)
    await markSwept(db, shard, workerId)
    return done
  },
})

/** Plans the exit and wakes its lane; one that another evaluator planned already is left to it. */
async function leave(
  { watched, exit }: Awaited<ReturnType<typeof sweep>>['due'][number],
  { db, keys, enqueue, log, clock, config, workerId }: JobContext,
): Promise<void> {
  const { positionId, symbol } = watched.state
  const fields = { accountId: watched.accountId, positionId, symbol, reason: exit.reason, price: exit.price }
  if (exit.action === 'write_off') {
    const context = {
      actor: workerId,
      marketNowMs: clock.marketNow(),
      monitorShards: config.monitorShards,
      keys,
    }
    const off = { positionId, reason: exit.reason, price: exit.price }
    if (await db.transaction().execute((tx) => writeOff(tx, off, context)))
      log.info(fields, 'a remainder under the minimum of the venue was written off')
    return
  }
  const orderId = await db
    .transaction()
    .execute((tx) => planExit(tx, keys, { positionId, actor: workerId, ...exit }))
  if (orderId === undefined) return
  log.info({ ...fields, quantity: exit.quantity, trigger: exit.triggerPrice }, eventText(exit.reason))
  await wake(enqueue, { id: orderId, exchange: watched.exchange, purpose: 'exit' }, 0)
}
