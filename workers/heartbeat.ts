import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { Db } from '#db/client.ts'
import { beat, markStopped, type WorkerIdentity } from '#db/workers.ts'
import type { Logger } from '#src/log.ts'

const everyMs = 5_000

/** The sign of life of a process. */
export interface Heartbeat {
  /** Resolves with the reason when the cluster asks this process to leave: another one takes its place. */
  readonly asked: Promise<string>
  stop(): Promise<void>
}

/** Says that this process is alive now and every 5 s, with its memory and how late its event loop runs. */
export async function startHeartbeat(db: Db, worker: WorkerIdentity, log: Logger): Promise<Heartbeat> {
  const { promise: asked, resolve: ask } = Promise.withResolvers<string>()
  const delay = monitorEventLoopDelay({ resolution: 20 })
  delay.enable()
  const say = async () => {
    const loopLagMs = Math.max(0, delay.percentile(99) / 1e6 - 20)
    delay.reset()
    const leave = await beat(db, worker, { rssBytes: process.memoryUsage.rss(), loopLagMs })
    if (leave !== undefined) ask(leave)
  }
  await say()
  const timer = setInterval(
    () => say().catch((error) => log.warn({ err: error }, 'no heartbeat was written')),
    everyMs,
  )
  return {
    asked,
    async stop() {
      clearInterval(timer)
      delay.disable()
      await markStopped(db, worker.id).catch(() => {})
    },
  }
}
