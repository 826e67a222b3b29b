import { Kysely, PostgresDialect, sql } from 'kysely'
import pg from 'pg'
import type { Db } from '#db/client.ts'
import { pendingMigrations } from '#db/migrate.ts'
import { messageOf } from '../errors.ts'
import { SteadyClient } from '../steady-client.ts'

/** A worker whose last heartbeat is older than this counts as gone. */
const heartbeatFreshMs = 15_000

/** A check that has not answered by then has failed. */
const checkTimeoutMs = 2_000

export interface ReadinessCheck {
  readonly id: 'database' | 'migrations' | 'queue' | 'workers'
  readonly ok: boolean
  /** What is missing, or what was found. */
  readonly detail: string
}

export interface ReadinessOptions {
  readonly db: Db
  readonly databaseUrl: string
  readonly pingQueue: () => Promise<void>
  /** Every queue that a process must be working on. */
  readonly workedQueues: readonly string[]
}

/** Whether the whole cluster can trade: asked by load balancers and by whoever waits for a start. */
export function openReadiness({
  db,
  databaseUrl,
  pingQueue,
  workedQueues,
}: ReadinessOptions): () => Promise<ReadinessCheck[]> {
  let isMigrated = false

  async function migrations(): Promise<string> {
    // A schema never goes back, so one good answer holds for the life of the process.
    const missing = isMigrated ? [] : await missingMigrations(databaseUrl)
    if (missing.length > 0)
      throw new Error(`${missing.length} migrations are missing: run \`bullpen migrate\``)
    isMigrated = true
    return 'the schema is up to date'
  }

  return () =>
    Promise.all([
      check('database', async () => {
        await sql`select 1`.execute(db)
        return 'reachable'
      }),
      check('migrations', migrations),
      check('queue', async () => {
        await pingQueue()
        return 'reachable'
      }),
      check('workers', () => workersAtWork(db, workedQueues)),
    ])
}

async function workersAtWork(db: Db, workedQueues: readonly string[]): Promise<string> {
  const fresh = await db
    .selectFrom('workers')
    .select('queues')
    .where('stopped_at', 'is', null)
    .where(
      sql<boolean>`heartbeat_at > clock_timestamp() - make_interval(secs => ${heartbeatFreshMs / 1_000})`,
    )
    .execute()
  const worked = new Set(fresh.flatMap(({ queues }) => queues))
  const missing = workedQueues.filter((queue) => !worked.has(queue))
  if (missing.length > 0)
    throw new Error(`no worker was heard within ${heartbeatFreshMs / 1_000} s for: ${missing.join(', ')}`)
  return `a worker for each of: ${workedQueues.join(', ')}`
}

/** Asked as the migrating role: the runtime roles may not read the migrator's table. */
async function missingMigrations(databaseUrl: string): Promise<string[]> {
  const connection = { connectionString: databaseUrl, connectionTimeoutMillis: checkTimeoutMs }
  const pool = new pg.Pool({ ...connection, max: 1, Client: SteadyClient })
  const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) })
  try {
    return await pendingMigrations(db)
  } finally {
    await db.destroy()
  }
}

async function check(id: ReadinessCheck['id'], ask: () => Promise<string>): Promise<ReadinessCheck> {
  const { promise: late, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(
    () => reject(new Error(`no answer within ${checkTimeoutMs / 1_000} s`)),
    checkTimeoutMs,
  )
  try {
    return { id, ok: true, detail: await Promise.race([ask(), late]) }
  } catch (error) {
    return { id, ok: false, detail: messageOf(error) }
  } finally {
    clearTimeout(timer)
  }
}
