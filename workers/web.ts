import { connect } from '#db/client.ts'
import { type ConnectedConfig, secretsOf } from '#src/config.ts'
import { webhookSource } from '#src/domain/signal.ts'
import { createLog, type Logger } from '#src/log.ts'
import { openBackend } from '#src/queue/backend.ts'
import { fetchSignals, mailResetLink, queueNames } from '#src/queue/contracts.ts'
import { enqueueOn } from '#src/queue/enqueue.ts'
import { openQueues } from '#src/queue/queues.ts'
import { announceReady } from '#src/supervisor/ready.ts'
import { aborted } from '#src/supervisor/stop-signal.ts'
import { ringOf } from '#src/vault/key-ring.ts'
import { apiRate } from '#src/web/api/rate.ts'
import { createApp } from '#src/web/app.ts'
import { buildDashboard } from '#src/web/dashboard/build.ts'
import { listen } from '#src/web/listen.ts'
import { openReadiness } from '#src/web/readiness.ts'
import { openSignIn } from '#src/web/sign-in.ts'
import { identityOf } from './identity.ts'
import { measure } from './measure.ts'

/** Serves the API, the dashboard and Bull Board until the signal aborts; then ends its streams and closes within 4 s. */
export async function runWeb({
  config,
  signal,
}: {
  config: ConnectedConfig
  signal: AbortSignal
}): Promise<void> {
  await using opened = new AsyncDisposableStack()
  const log = createLog({ level: config.logLevel, role: 'web', secrets: secretsOf(config) })
  opened.adopt(await measure(config, identityOf('web'), undefined, log), (each) => each.stop())
  const db = opened.adopt(connect(config.databaseUrl, 'bullpen_app'), (each) => each.destroy())
  const address = config.redisUrl ? { redisUrl: config.redisUrl } : { postgresUrl: config.queueUrl }
  const backend = opened.adopt(await openBackend(address), (each) => each.close())
  const queues = opened.adopt(openQueues(backend), (each) => each.close())
  const enqueue = enqueueOn(queues)
  const isPublicUrlFixed = config.publicUrl !== `http://localhost:${config.port}`
  const app = createApp({
    db,
    signIn: openSignIn({
      ...config,
      db,
      log,
      isPublicUrlFixed,
      ...(config.smtpUrl && { mailResetLink: (userId: string) => enqueue(mailResetLink, { userId }) }),
    }),
    queues: queues.all(),
    enqueue,
    alertChannels: [
      ...(config.smtpUrl ? (['email'] as const) : []),
      ...(config.telegramBotToken ? (['telegram'] as const) : []),
    ],
    log,
    readiness: openReadiness({ ...config, db, pingQueue: queues.ping, workedQueues: queueNames }),
    market: { kind: config.marketData.kind, speed: config.replaySpeed },
    hooks: {
      keys: ringOf(config),
      wake: () => enqueue(fetchSignals, { source: webhookSource }),
    },
    publicUrl: isPublicUrlFixed ? config.publicUrl : undefined,
    apiRate,
    trustProxy: config.trustProxy,
    metricsToken: config.metricsToken,
    ...builtDashboard(log),
  })
  opened.adopt(await listen(app.handler, config.port), (each) => each.close())
  opened.defer(app.close)
  log.info({ port: config.port }, 'web server listens')
  announceReady({ url: config.publicUrl })
  await aborted(signal)
}

/** Builds the dashboard beside serving the API; a failure is said and does not end the process. */
function builtDashboard(log: Logger) {
  let folder: string | undefined
  let failure: string | undefined
  const tell = (error: unknown) =>
    log.error({ err: error }, 'the dashboard could not be built: an earlier build of it is served')
  buildDashboard(tell).then(
    (built) => {
      folder = built
    },
    (error) => {
      failure = String(error)
      log.error({ err: error }, 'the dashboard could not be built')
    },
  )
  return { dashboard: () => folder, failure: () => failure }
}
