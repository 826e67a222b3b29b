import { holdLifeline } from '#db/lifelines.ts'
import { countMissedTicks } from '#db/monitor-shards.ts'
import { noteStart } from '#db/reconciliations.ts'
import { isNewestBuild } from '#db/workers.ts'
import { closeEverything } from '#jobs/close-everything.ts'
import { closeUnprotected } from '#jobs/close-unprotected.ts'
import { jobs } from '#jobs/index.ts'
import { wakeAlerts } from '#jobs/wake-alerts.ts'
import { wakeOrders } from '#jobs/wake-orders.ts'
import { shardPlan } from '#jobs/without-queue.ts'
import { type ConnectedConfig, secretsOf } from '#src/config.ts'
import { UserError } from '#src/errors.ts'
import { createLog } from '#src/log.ts'
import { monitorPositions, queueNames } from '#src/queue/contracts.ts'
import { keepSchedules } from '#src/queue/schedule.ts'
import { isWaitingIn } from '#src/queue/waiting.ts'
import { work } from '#src/queue/work.ts'
import { announceReady } from '#src/supervisor/ready.ts'
import { aborted } from '#src/supervisor/stop-signal.ts'
import { startAccountStreams } from './account-streams.ts'
import { startAlerts } from './alerts.ts'
import { type ClockWatch, watchClock } from './clock-watch.ts'
import { startCloseAll } from './close-all.ts'
import { tellCluster } from './cluster-gauges.ts'
import { openContext, type WorkerContext } from './context.ts'
import { drain, within } from './drain.ts'
import { startHeartbeat } from './heartbeat.ts'
import { identityOf } from './identity.ts'
import { jobsAtOnce, leaveSignal } from './in-hand.ts'
import { budgetOf } from './lane-budget.ts'
import { leave } from './leave.ts'
import { measure } from './measure.ts'
import { tellStuck, untilStuck } from './stuck-watch.ts'
import { takeJobs } from './take-jobs.ts'
import { startTelegram } from './telegram.ts'
import { startUpkeep, type Upkeep } from './upkeep.ts'
import { startWithoutQueue } from './without-queue.ts'

const closingMs = 2_000

/**
 * Works on the named queues until the signal aborts, then drains: what it has in hand is finished, nothing new is taken.
 * Throws a UserError when it takes no jobs though it should, could not finish in time, or was asked to leave: whoever runs
 * it starts another.
 */
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
  await using measuring = new AsyncDisposableStack()
  measuring.adopt(await measure(config, identity, config.metricsPort, log), (each) => each.stop())
  const context = await openContext(config, identity, log, signal).catch((error) => {
    if (signal.aborted) return undefined // told to stop while it waited for the simulator
    throw error
  })
  if (!context) return
  if (queues.includes('maintenance')) tellCluster(context.db, context.queues)
  if (await noteStart(context.db, identity.id))
    log.info('the cluster starts: entries wait until each account was compared with its venue')
  const heartbeat = await startHeartbeat(context.db, identity, log)
  const lifeline = await holdLifeline(config.databaseUrl, identity.id)
  const stopping = new AbortController()
  const giveUp = new AbortController()
  const workers = queues.map((name) => {
    const limiter = budgetOf(name)
    const options = {
      concurrency: jobsAtOnce(name, config),
      isPaused: true,
      giveUp: leaveSignal(name, { stop: stopping.signal, giveUp: giveUp.signal }),
    }
    return work(context.backend, name, jobs, context, log, { ...options, ...(limiter && { limiter }) })
  })
  const taking = takeJobs(workers)
  const clock = await watchClock(context.db, log, (isAway) => taking.set(!isAway))
  taking.set(!clock.isAway())
  const withoutQueue = startWithoutQueue(queues, context, () => context.reach.isLost() || clock.isAway())
  const upkeep = startUpkeep(context.db, upkeepOf(context, clock, identity.build), log)
  const stuck = untilStuck(workers, context, log)
  const streams = startAccountStreams(context, queues)
  const closeAll = startCloseAll(() => closeEverything(context), log)
  const isQueueAway = () => context.reach.isLost() || clock.isAway()
  const alerts = queues.includes('alerts')
    ? startAlerts(() => wakeAlerts(context, isQueueAway()), log)
    : undefined
  const telegram = queues.includes('alerts') ? startTelegram(context) : undefined
  log.info({ queues }, 'worker is at work')
  announceReady()
  const command = config.rebootCommand
  const asked = heartbeat.asked.then((reason) => leave(reason, { command, signal, log }))
  const why = await Promise.race([
    aborted(signal),
    stuck.found.then((queue) => ({ stuckOn: queue })),
    asked.then(() => 'asked' as const),
  ])
  const stuckOn = typeof why === 'object' ? why.stuckOn : undefined
  stopping.abort()
  stuck.stop()
  clock.stop()
  const stopped = Promise.all([
    upkeep.stop(),
    closeAll.stop(),
    withoutQueue.stop(),
    streams?.stop(),
    alerts?.stop(),
    telegram?.stop(),
  ])
  const left = await drain(workers, giveUp)
  await within(closingMs, stopped)
  if (stuckOn) await within(closingMs, tellStuck(context.db, stuckOn))
  await within(closingMs, Promise.all([heartbeat.stop(), lifeline.stop()]))
  await within(closingMs, context.close())
  if (stuckOn) throw new UserError(`this worker took no job of ${stuckOn} for 15 s, though jobs wait there`)
  if (left > 0) throw new UserError(`${left} jobs were still in hand when there was no more time to stop`)
  if (why === 'asked') throw new UserError('this worker left because it was asked to: start another')
}

function upkeepOf(context: WorkerContext, clock: ClockWatch, build: string): Upkeep {
  const { db, queues, reach, enqueue } = context
  return {
    async keepSchedules() {
      // A clock that is away would schedule for another time, and two builds may want two different schedules.
      if (!reach.isLost() && !clock.isAway() && (await isNewestBuild(db, build)))
        await keepSchedules(queues, jobs, context)
    },
    async countMissedTicks() {
      // The queue may have lost a tick that its scheduler believes to be there.
      for (const shard of await countMissedTicks(db, await shardPlan(context)))
        if (!reach.isLost()) await enqueue(monitorPositions, { shard })
    },
    async wakeOrders() {
      if (!reach.isLost()) await wakeOrders(context, isWaitingIn(queues))
    },
    closeUnprotected: () => closeUnprotected(context),
  }
}
