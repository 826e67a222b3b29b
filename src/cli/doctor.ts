import type { Command } from 'commander'
import { type ConnectedConfig, readConfig } from '../config.ts'
import { connected } from '../database/connected.ts'
import type { Finding } from '../doctor/check.ts'

/** `bullpen doctor`: whether everything is as it should be, and what to do where it is not. */
export function doctor(program: Command): void {
  program
    .command('doctor')
    .description('look whether all is well; exit code 1 when something is not')
    .option('--json', 'for machines: {ok, checks: [{id, ok, detail, advice}]}')
    .action(async ({ json }: { json?: boolean }) => {
      const checks = await connected(readConfig(), 'doctor', examine)
      const ok = checks.every((check) => check.ok)
      if (json) console.log(JSON.stringify({ ok, checks }, undefined, 2))
      else for (const check of checks) console.log(lineOf(check))
      process.exit(ok ? 0 : 1)
    })
}

function lineOf({ id, ok, detail, advice }: Finding): string {
  return `${ok ? '✓' : '✗'} ${id.padEnd(12)} ${detail}${ok ? '' : `\n${' '.repeat(15)}${advice}`}`
}

async function examine(config: ConnectedConfig): Promise<Finding[]> {
  const { default: pg } = await import('pg')
  const { Redis } = await import('ioredis')
  const { Kysely, PostgresDialect } = await import('kysely')
  const { connect } = await import('#db/client.ts')
  const { findSimulator } = await import('#db/workers.ts')
  const { alertChecks } = await import('../doctor/alerts.ts')
  const { buildChecks } = await import('../doctor/builds.ts')
  const { examineAll } = await import('../doctor/check.ts')
  const { connectionChecks } = await import('../doctor/connections.ts')
  const { databaseChecks } = await import('../doctor/database.ts')
  const { machineChecks } = await import('../doctor/machine.ts')
  const { monitorChecks } = await import('../doctor/monitor.ts')
  const { queueChecks } = await import('../doctor/queue.ts')
  const { secretKeyCheck } = await import('../doctor/secret-key.ts')
  const { signalChecks } = await import('../doctor/signals.ts')
  const { venueChecks } = await import('../doctor/venues.ts')
  const { openFeeds } = await import('../exchange/feeds.ts')
  const { createGateway } = await import('../exchange/gateway.ts')
  const { openBackend } = await import('../queue/backend.ts')
  const { openQueues } = await import('../queue/queues.ts')
  const { venuePauses } = await import('../exchange/venue-pauses.ts')
  const { ringOf } = await import('../vault/key-ring.ts')

  await using opened = new AsyncDisposableStack()
  const close = <T extends { destroy(): Promise<void> }>(db: T): T =>
    opened.adopt(db, (each) => each.destroy())
  const pool = new pg.Pool({ connectionString: config.databaseUrl, max: 1 })
  const owner = close(new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) }))
  const app = close(connect(config.databaseUrl, 'bullpen_app', { max: 1 }))
  const db = close(connect(config.databaseUrl, 'bullpen_worker', { max: 4 }))
  const backend = opened.adopt(
    await openBackend(config.redisUrl ? { redisUrl: config.redisUrl } : { postgresUrl: config.queueUrl }),
    (each) => each.close(),
  )
  const queues = opened.adopt(openQueues(backend), (each) => each.close())
  const redis = config.redisUrl
    ? opened.adopt(new Redis(config.redisUrl, { maxRetriesPerRequest: 1 }), (each) => each.disconnect())
    : undefined
  redis?.on('error', () => {}) // each command rejects with it, and the check tells it
  const simulatorUrl = () => findSimulator(db)
  const keys = ringOf(config)
  const gateway = opened.adopt(
    createGateway({
      db,
      keys,
      simulatorUrl,
      binanceUseTestnet: config.binanceUseTestnet,
    }),
    (each) => each.close(),
  )
  const pauses = venuePauses(db)
  const feedOf = openFeeds({ simulatorUrl, marketNow: Date.now, speed: config.replaySpeed, pauses })
  return await examineAll([
    ...databaseChecks(owner, { app, worker: db }),
    ...connectionChecks(owner, config.databaseUrl),
    ...queueChecks({ queues, redis, db }),
    ...buildChecks(db, config),
    ...monitorChecks(db, config),
    secretKeyCheck(db, keys),
    ...signalChecks(db, config),
    ...alertChecks(db, config),
    ...venueChecks({ db, gateway, feedOf }),
    ...machineChecks(config.bullpenHome),
  ])
}
