import type { Logger } from '#src/log.ts'
import type { Queues } from '#src/queue/queues.ts'
import { lookEveryMs, standOf, stuckJudge } from '#src/queue/stuck.ts'
import type { AtWork } from '#src/queue/work.ts'
import { budgetOf } from './lane-budget.ts'

/** Looks every 3 s; `found` resolves with the queue of a worker that takes nothing for 15 s though it should. */
export function untilStuck(
  workers: readonly AtWork[],
  { queues }: { readonly queues: Queues },
  log: Logger,
  everyMs = lookEveryMs,
): { readonly found: Promise<string>; stop(): void } {
  const { promise: found, resolve } = Promise.withResolvers<string>()
  const judged = workers.map((worker) => ({ worker, judge: stuckJudge() }))
  let isLooking = false
  const timer = setInterval(async () => {
    if (isLooking) return
    isLooking = true
    for (const { worker, judge } of judged) {
      try {
        const stand = await standOf(worker, queues, budgetOf(worker.name))
        if (!judge(stand)) continue
        log.fatal(
          { event: 'worker-stuck', queue: worker.name, ...stand },
          'no job is taken, though jobs wait: ending',
        )
        resolve(worker.name)
      } catch {
        // A queue that does not answer is lost, not stuck: nothing was to be taken.
        judge({ taken: worker.taken(), isFree: false, waiting: 0, isHeldBack: true })
      }
    }
    isLooking = false
  }, everyMs)
  return { found, stop: () => clearInterval(timer) }
}
