import { raiseAlert } from '#db/alerts.ts'
import { recordAudit } from '#db/audit.ts'
import type { Db } from '#db/client.ts'
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

/** Writes down that this worker ends because it took nothing, and tells the operator. */
export async function tellStuck(db: Db, queue: string): Promise<void> {
  await db.transaction().execute(async (tx) => {
    await recordAudit(tx, { actor: 'bullpen', action: 'worker-stuck', target: queue })
    await raiseAlert(tx, {
      kind: 'queue-stalled',
      severity: 'critical',
      userId: null,
      subject: queue,
      title: `The queue ${queue} stood still`,
      text: 'A worker took no job of it for 15 s though jobs waited. It has ended, and whoever runs it starts another.',
      advice: 'If it comes again, look at /ops/queues and at the log of that worker.',
    })
  })
}
