import { setTimeout as sleep } from 'node:timers/promises'
import { countWorkers } from '#db/workers.ts'
import type { JobContext } from '#jobs/context.ts'
import { nextWithoutQueue, shardPlan, sweepLateShards } from '#jobs/without-queue.ts'
import { budgetOf } from './lane-budget.ts'

const lookMs = 250
/** What the workers of a lane may send together without the queue, which else would count for them. */
const shareOfBudget = 0.25
const usualGapMs = 50

/** What goes on while there is no queue to be trusted: nothing of it needs more than Postgres. */
export interface WithoutQueue {
  /** Begins nothing new, and resolves when what is in hand is finished. */
  stop(): Promise<void>
}

/**
 * Keeps positions protected while `isNeeded` says that this worker has no queue: a monitor worker sweeps the shards by its
 * own timer, an exit worker sends the exits that are planned in Postgres, at its share of a quarter of the lane's budget.
 */
export function startWithoutQueue(
  queues: readonly string[],
  context: JobContext,
  isNeeded: () => boolean,
): WithoutQueue {
  const stopping = new AbortController()
  const { signal } = stopping
  const loops = queues.flatMap((queue) => {
    const [lane, exchange] = queue.split('-')
    if (lane === 'monitor') return sweepOn(context, isNeeded, signal)
    return lane === 'exits' && exchange ? sendOn(context, queue, exchange, isNeeded, signal) : []
  })
  return {
    async stop() {
      stopping.abort()
      await Promise.all(loops)
    },
  }
}

async function sweepOn(context: JobContext, isNeeded: () => boolean, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    let pauseMs = lookMs
    if (isNeeded())
      try {
        const begunMs = performance.now()
        await sweepLateShards(context, signal)
        const { everyMs } = await shardPlan(context)
        pauseMs = Math.max(lookMs, everyMs / 5 - (performance.now() - begunMs))
      } catch (error) {
        context.log.error({ err: error }, 'the shards could not be swept without the queue')
      }
    await rest(pauseMs, signal)
  }
}

async function sendOn(
  context: JobContext,
  queue: string,
  exchange: string,
  isNeeded: () => boolean,
  signal: AbortSignal,
): Promise<void> {
  const inHand = new Set<Promise<unknown>>()
  while (!signal.aborted) {
    let pauseMs = lookMs
    if (isNeeded() && inHand.size < context.config.workerConcurrency)
      try {
        const send = await nextWithoutQueue(context, exchange)
        if (send) {
          const sending = send().catch((error) => context.log.error({ err: error }, 'an order had to wait'))
          inHand.add(sending)
          void sending.then(() => inHand.delete(sending))
          pauseMs = gapMs(queue, await countWorkers(context.db, queue))
        }
      } catch (error) {
        context.log.error({ err: error }, 'no exits could be taken from the database')
      }
    await rest(pauseMs, signal)
  }
  await Promise.all(inHand)
}

/** Between two orders of one of so many workers, in ms. */
export function gapMs(queue: string, workers: number): number {
  const budget = budgetOf(queue)
  const alone = budget ? budget.durationMs / budget.max : usualGapMs
  return (alone / shareOfBudget) * Math.max(1, workers)
}

async function rest(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => {})
}
