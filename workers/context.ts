import { connect } from '#db/client.ts'
import { findSimulator, type WorkerIdentity } from '#db/workers.ts'
import type { JobContext } from '#jobs/context.ts'
import type { AlertDesk } from '#src/alerts/desk.ts'
import type { ConnectedConfig } from '#src/config.ts'
import { openFeeds } from '#src/exchange/feeds.ts'
import { createGateway } from '#src/exchange/gateway.ts'
import { followMarketClock, sameClock } from '#src/exchange/market-clock.ts'
import { venuePauses } from '#src/exchange/venue-pauses.ts'
import type { Logger } from '#src/log.ts'
import { openBackend, type QueueBackend } from '#src/queue/backend.ts'
import { type Enqueue, enqueueOn } from '#src/queue/enqueue.ts'
import { openQueues, type Queues } from '#src/queue/queues.ts'
import { type QueueReach, watchReach } from '#src/queue/reach.ts'
import { followSetupWeights, type SetupFilter } from '#src/signals/setup-weights.ts'
import { liveStrategies } from '#src/signals/strategies/live.ts'
import { ringOf } from '#src/vault/key-ring.ts'
import { candleKeeper } from './candle-keeper.ts'
import { queueAlarm } from './queue-alarm.ts'

/** Everything one worker process has open, and how to close it. */
export interface WorkerContext extends JobContext {
  readonly backend: QueueBackend
  readonly queues: Queues
  /** Whether the queue answers. */
  readonly reach: QueueReach
  close(): Promise<void>
}

/** Opens what jobs need; waits for the simulator's clock in a replay. */
export async function openContext(
  config: ConnectedConfig,
  worker: WorkerIdentity,
  log: Logger,
  signal: AbortSignal,
): Promise<WorkerContext> {
  const strategies = liveStrategies(config.strategiesDir)
  const db = connect(config.databaseUrl, 'bullpen_worker', { max: config.workerConcurrency + 5 })
  const simulatorUrl = cached(() => findSimulator(db))
  const isReplay = config.marketData.kind === 'replay'
  if (isReplay) log.info("waiting for the simulator's clock")
  const clock = isReplay ? await followMarketClock(simulatorUrl, signal) : sameClock
  const backend = await openBackend(
    config.redisUrl ? { redisUrl: config.redisUrl } : { postgresUrl: config.queueUrl },
  )
  const queues = openQueues(backend)
  const alarm = queueAlarm(db, log)
  const reach = watchReach(backend.ping, (isLost) => {
    if (isLost) alarm.lost()
    else alarm.back()
    if (isLost)
      log.error({ event: 'queue-lost' }, 'the queue is lost: positions are watched and closed without it')
    else log.warn({ event: 'queue-back' }, 'the queue is back')
  })
  let opened: Promise<AlertDesk> | undefined
  const alertDesk = () => {
    // Mail and Telegram are for the workers that send.
    opened ??= import('#src/alerts/open.ts').then(({ openAlertDesk }) => openAlertDesk(config, db, log))
    return opened
  }
  const keys = ringOf(config)
  const gateway = createGateway({
    db,
    keys,
    simulatorUrl,
    binanceUseTestnet: config.binanceUseTestnet,
    sharesBudgets: true,
  })
  return {
    db,
    config,
    clock,
    log,
    keys,
    gateway,
    setupFilter: followSetupWeights(config.mlWeights, (filter) => tellFilter(filter, config.mlWeights, log)),
    strategies,
    alertDesk,
    backend,
    queues,
    workerId: worker.id,
    reach,
    enqueue: asHint(enqueueOn(queues, reach.isLost), log),
    feedOf: openFeeds({
      simulatorUrl,
      marketNow: clock.marketNow,
      speed: config.replaySpeed,
      pauses: venuePauses(db),
      onCandles: candleKeeper(db, log),
    }),
    async close() {
      strategies.stop()
      clock.stop()
      reach.stop()
      alarm.back()
      if (opened) (await opened).mailer?.close()
      await gateway.close()
      await queues.close()
      await backend.close()
      await db.destroy()
    },
  }
}

/**
 * A job is a hint: what it is for is in the database already, and is woken from there. So no handler fails because the
 * queue did not hear it.
 */
function asHint(enqueue: Enqueue, log: Logger): Enqueue {
  return async (contract, data, options) => {
    contract.data.parse(data)
    try {
      await enqueue(contract, data, options)
    } catch (error) {
      log.warn({ err: error, job: contract.name, data }, 'the queue did not hear a job: it is woken later')
    }
  }
}

const addressFreshMs = 2_000

/** The simulator's address, asked of the database at most every 2 s: it may come back elsewhere. */
function cached(find: () => Promise<string | undefined>): () => Promise<string | undefined> {
  let known: { url: Promise<string | undefined>; at: number } | undefined
  return () => {
    if (!known || performance.now() - known.at > addressFreshMs)
      known = { url: find(), at: performance.now() }
    return known.url
  }
}

/** Said whenever the file of the ML filter is read: at the first decision that asks it, and after each change. */
function tellFilter(filter: SetupFilter, file: string, log: Logger): void {
  if ('refused' in filter) log.error({ file, reason: filter.refused }, 'the ML filter is refused')
  else if (filter.weights === undefined) log.info({ file }, 'no ML filter: every setup passes it')
  else log.info({ file, trained: filter.weights.trained, holdout: filter.weights.holdout }, 'the ML filter')
}
