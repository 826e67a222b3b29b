import { jobs } from '#jobs/index.ts'
import { wakeOrders } from '#jobs/wake-orders.ts'
import { type ConnectedConfig, secretsOf } from '#src/config.ts'
import { UserError } from '#src/errors.ts'
import { createLog } from '#src/log.ts'
import { queueNames } from '#src/queue/contracts.ts'
import { budgetOf } from '#src/queue/lane-budget.ts'
import { keepSchedules } from '#src/queue/schedule.ts'
import { work } from '#src/queue/work.ts'
import { announceReady } from '#src/supervisor/ready.ts'
import { aborted } from '#src/supervisor/stop-signal.ts'
import { openContext } from './context.ts'
import { startHeartbeat } from './heartbeat.ts'
import { identityOf } from './identity.ts'
import { startUpkeep } from './upkeep.ts'

/** Works on the named queues until the signal aborts, then drains: what it has in hand is finished, nothing new is taken. */
export async function runWorker({
  config,
  queues,
  signal,
}: {
  config: ConnectedConfig
  queues: readonly string[]
  signal: AbortSignal
}): Promise<void> {
  const unknown = queues.filter((name) => !queueNames.includes(name))
  if (unknown.length > 0)
    throw new UserError(`--queues ${unknown.join(',')}: there are only ${queueNames.join(', ')}`)
  const log = createLog({ level: config.logLevel, role: 'worker', secrets: secretsOf(config) })
  const identity = identityOf('worker', { queues })
  const context = await openContext(config, identity, log, signal).catch((error) => {
    if (signal.aborted) return undefined // told to stop while it waited for the simulator
    throw error
  })
  if (!context) return
  const heartbeat = await startHeartbeat(context.db, identity, log)
  const workers = queues.map((name) => {
    const limiter = budgetOf(name)
    const options = { concurrency: config.workerConcurrency, ...(limiter && { limiter }) }
    return work(context.backend, name, jobs, context, log, options)
  })
  const upkeep = startUpkeep(
    context.db,
    {
      keepSchedules: async () => void (await keepSchedules(context.queues, jobs, context)),
      wakeOrders: () => wakeOrders(context),
    },
    log,
  )
  log.info({ queues }, 'worker is at work')
  announceReady()
  await aborted(signal)
  await upkeep.stop()
  await Promise.all(workers.map((worker) => worker.close()))
  await heartbeat.stop()
  await context.close()
}
