import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { Db } from '#db/client.ts'
import { beat, markStopped, type WorkerIdentity } from '#db/workers.ts'
import type { Logger } from '#src/log.ts'

const everyMs = 5_000

/** Says that this process is alive now and every 5 s, with its memory and how late its event loop runs. */
export async function startHeartbeat(
  db: Db,
  worker: WorkerIdentity,
  log: Logger,
): Promise<{ stop(): Promise<void> }> {
  const delay = monitorEventLoopDelay({ resolution: 20 })
  delay.enable()
  const say = async () => {
    const loopLagMs = Math.max(0, delay.percentile(99) / 1e6 - 20)
    delay.reset()
    await beat(db, worker, { rssBytes: process.memoryUsage.rss(), loopLagMs })
  }
  await say()
  const timer = setInterval(
    () => say().catch((error) => log.warn({ err: error }, 'no heartbeat was written')),
    everyMs,
  )
  return {
    async stop() {
      clearInterval(timer)
      delay.disable()
      await markStopped(db, worker.id).catch(() => {})
    },
  }
}
