import { setTimeout as sleep } from 'node:timers/promises'
import { markSwept } from '#db/monitor-shards.ts'
import type { WatchedPosition } from '#db/monitored-positions.ts'
import { reviewGaps } from '#db/protection-gaps.ts'
import { smartExitCandles } from '#src/domain/exits/smart-exit.ts'
import { tickToDecisionSeconds } from '#src/metrics.ts'
import { eventText, reevaluationText } from '#src/monitor/events.ts'
import { type JudgedMargins, judgeMargins, readMargins, sayLiquidation } from '#src/monitor/margins.ts'
import { type Sweep, sweep } from '#src/monitor/sweep.ts'
import { guardShard } from '#src/orders/guard.ts'
import { planExit, writeOff } from '#src/orders/plan.ts'
import { whoCloses } from '#src/orders/reached.ts'
import { monitorPositions } from '#src/queue/contracts.ts'
import { unlessLost } from '#src/queue/enqueue.ts'
import { done } from '#src/queue/job.ts'
import { numbersOf } from '#src/trading/market-numbers.ts'
import { type JobContext, job, marketInterval } from './context.ts'
import { follow, wake, wakeFollowUps } from './follow.ts'

const everyMs = 5_000

/** Evaluates every open position of one shard, and asks for the exits that are due. */
export default job(monitorPositions, {
  schedule: async ({ config }) =>
    Array.from({ length: config.monitorShards }, (_, shard) => ({
      key: `monitor-${shard}`,
      data: { shard },
      everyMs: marketInterval(everyMs, config),
    })),

  async run({ shard }, context, { signal }) {
    const { db, clock, feedOf, log, workerId } = context
    const marketNowMs = clock.marketNow()
    const market = {
      prices: async (watched: WatchedPosition) => {
        const feed = feedOf(watched)
        const prices = await feed.prices()
        tickToDecisionSeconds.observe((feed.pricesAgeMs() ?? 0) / 1_000)
        return prices
      },
      reading: async (watched: WatchedPosition, price: number, candleOpenTimeMs: number) => {
        const numbers = await numbersOf(feedOf(watched), watched.state.symbol, price, marketNowMs)
        return { candleOpenTimeMs, ...numbers }
      },
      candles: async (watched: WatchedPosition, candleOpenTimeMs: number) => {
        // The forming one beside those that are read.
        const candles = await feedOf(watched).candles(watched.state.symbol, '5m', smartExitCandles + 1)
        return candles.filter(({ openTimeMs }) => openTimeMs <= candleOpenTimeMs)
      },
    }
    await reviewGaps(db, { shard }) // a look that comes too late ends a gap
    const margins = await judgeMargins(context, shard)
    const swept = await sweep(db, shard, market, marketNowMs, margins.hints)
    for (const { watched, change } of swept.changes)
      log.info({ accountId: watched.accountId, symbol: watched.state.symbol, ...change }, reevaluationText)
    for (const blind of swept.blind) log.error(blind, 'a position could not be evaluated')
    const waiting = await leaveAll(swept.due, context, margins)
    for (const positionId of await guardShard(context, shard)) await wakeFollowUps(positionId, context)
    await markSwept(db, shard, workerId)
    if (waiting.length > 0) {
      // The venue has its 2 s for stops that the price is through; then what is still open is closed.
      await sleep(Math.max(...waiting.map(({ forMs }) => forMs)), undefined, { signal }).catch(() => {})
      await leaveAll(
        waiting.map(({ due }) => due),
        context,
        margins,
      )
    }
    await readMargins(context, margins.ask)
    return done
  },
})

type Due = Sweep['due'][number]

/** Leaves what is due, and returns what the venue is to close first, with how long it has. */
async function leaveAll(
  dues: readonly Due[],
  context: JobContext,
  margins: JudgedMargins,
): Promise<{ readonly due: Due; readonly forMs: number }[]> {
  const waiting: { due: Due; forMs: number }[] = []
  for (const due of dues) {
    const { reason, price } = due.exit
    if (reason === 'stop_loss' || reason === 'trailing_stop') {
      const turn = await whoCloses(context, due.watched.state.positionId, price)
      if (turn.of === 'venue') {
        waiting.push({ due, forMs: turn.forMs })
        continue
      }
      for (const { orderId, result } of turn.asked) await follow(orderId, result, context)
    }
    await leave(due, context, margins)
  }
  return waiting
}

/** Plans the exit and wakes its lane; one that another evaluator planned already is left to it. */
async function leave({ watched, exit }: Due, context: JobContext, margins: JudgedMargins): Promise<void> {
  const { db, keys, enqueue, log, clock, config, workerId } = context
  const { positionId, symbol } = watched.state
  const fields = { accountId: watched.accountId, positionId, symbol, reason: exit.reason, price: exit.price }
  if (exit.action === 'write_off') {
    const settling = {
      actor: workerId,
      marketNowMs: clock.marketNow(),
      monitorShards: config.monitorShards,
      keys,
    }
    const off = { positionId, reason: exit.reason, price: exit.price }
    if (await db.transaction().execute((tx) => writeOff(tx, off, settling)))
      log.info(fields, 'a remainder under the minimum of the venue was written off')
    return
  }
  const orderId = await db.transaction().execute(async (tx) => {
    const planned = await planExit(tx, keys, { positionId, actor: workerId, ...exit })
    if (planned !== undefined && exit.reason === 'liquidation')
      await sayLiquidation({ db: tx, log }, { watched, exit }, margins.buffers)
    return planned
  })
  if (orderId === undefined) return
  log.info({ ...fields, quantity: exit.quantity, trigger: exit.triggerPrice }, eventText(exit.reason))
  await unlessLost(wake(enqueue, { id: orderId, exchange: watched.exchange, purpose: 'exit' }, 0))
}
