import type { Queue } from 'bullmq'
import { sql } from 'kysely'
import { z } from 'zod'
import type { Db } from '#db/client.ts'
import { actForAll, ordersByExchange, positionsByPlace, streamsByExchange } from '#db/for-all.ts'
import { instant } from './fields.ts'
import { lookIntoQueue, queueState } from './queue-state.ts'
import { route } from './route.ts'

const worker = z.object({
  id: z.string(),
  role: z.string(),
  host: z.string(),
  pid: z.int(),
  version: z.string(),
  queues: z.array(z.string()),
  rssMb: z.number().nullable(),
  loopLagMs: z.number().nullable(),
  startedAt: instant,
  heartbeatSecondsAgo: z.number(),
})

/** A source of signals that answers over a network, and how it has done. */
const remoteSource = z.object({
  source: z.string(),
  /** Since its last answer; 0 is well. */
  failures: z.int(),
  /** Why it failed last. */
  reason: z.string().nullable(),
  answeredAt: instant.nullable(),
  /** It is not asked before then. */
  retryAt: instant.nullable(),
})

/** Of orders at an exchange in the last hour: how long they took, in ms. */
const spread = z.object({ p50: z.number(), p95: z.number() }).nullable()

const operations = z.object({
  workers: z.array(worker),
  sources: z.array(remoteSource),
  queues: z.array(queueState),
  /** The monitor's shards: when each was swept last, and how many ticks nobody kept. */
  shards: z.array(
    z.object({
      shard: z.int(),
      workerId: z.string().nullable(),
      sweptSecondsAgo: z.number().nullable(),
      missedTicks: z.int(),
    }),
  ),
  /** Open positions of every tenant, as counts. */
  positions: z.array(
    z.object({
      exchange: z.string(),
      market: z.string(),
      mode: z.string(),
      open: z.int(),
      unprotected: z.int(),
      longestSeconds: z.number().nullable(),
    }),
  ),
  orders: z.array(
    z.object({
      exchange: z.string(),
      isEntry: z.boolean(),
      sent: z.int(),
      unknown: z.int(),
      rejected: z.int(),
      /** From the decision until it was sent. */
      sentMs: spread,
      /** From then until the first fill of a market order was booked. */
      bookedMs: spread,
    }),
  ),
  /** Of how many accounts a worker hears everything as it happens. */
  streams: z.array(z.object({ exchange: z.string(), accounts: z.int(), heard: z.int() })),
  /** Times in which a venue takes no requests from this machine's address. */
  pauses: z.array(z.object({ place: z.string(), reason: z.string(), leftSeconds: z.number() })),
  /** What was left of each limit that all share, when it was last asked for, in the venue's own units. */
  budgets: z.array(
    z.object({ place: z.string(), name: z.string(), left: z.number(), secondsAgo: z.number() }),
  ),
})
export type Operations = z.infer<typeof operations>

/** The processes at work, what waits for them, and how venues and positions fare. */
export function getOperations(queues: readonly Queue[]) {
  return route({
    method: 'get',
    path: '/operations',
    summary:
      'Workers with their heartbeats, queues, sources that are away, the monitor, venues and positions as counts. Admins only.',
    role: 'admin',
    answer: operations,
    async handle({ db }): Promise<Operations> {
      await actForAll(db)
      return {
        workers: await readWorkers(db),
        sources: await readSources(db),
        queues: await Promise.all(queues.map(lookIntoQueue)),
        shards: await readShards(db),
        positions: await positionsByPlace(db),
        orders: await ordersByExchange(db),
        streams: await streamsByExchange(db),
        pauses: await readPauses(db),
        budgets: await readBudgets(db),
      }
    },
  })
}

async function readWorkers(db: Db): Promise<Operations['workers']> {
  const rows = await db
    .selectFrom('workers')
    .selectAll()
    .select(
      sql<number>`extract(epoch from clock_timestamp() - heartbeat_at)::double precision`.as('seconds_ago'),
    )
    .where('stopped_at', 'is', null)
    .orderBy('role')
    .orderBy('started_at')
    .execute()
  return rows.map((row) => ({
    id: row.id,
    role: row.role,
    host: row.host,
    pid: row.pid,
    version: row.version,
    queues: row.queues,
    rssMb: row.rss_bytes === null ? null : Math.round(Number(row.rss_bytes) / 1_048_576),
    loopLagMs: row.loop_lag_ms,
    startedAt: row.started_at.toISOString(),
    heartbeatSecondsAgo: row.seconds_ago,
  }))
}

/** Strategies of the operator's are here with the program: what one fails at stands on its failed job. */
async function readSources(db: Db): Promise<Operations['sources']> {
  const rows = await db
    .selectFrom('source_health')
    .selectAll()
    .where('source', 'not like', 'strategy:%')
    .orderBy('source')
    .execute()
  return rows.map((row) => ({
    source: row.source,
    failures: row.failures,
    reason: row.reason,
    answeredAt: row.answered_at?.toISOString() ?? null,
    retryAt: row.retry_at?.toISOString() ?? null,
  }))
}

async function readShards(db: Db): Promise<Operations['shards']> {
  const rows = await db
    .selectFrom('monitor_shards')
    .select(['shard', 'worker_id', 'missed_ticks'])
    .select(sql<number | null>`extract(epoch from clock_timestamp() - swept_at)::double precision`.as('ago'))
    .orderBy('shard')
    .execute()
  return rows.map((row) => ({
    shard: row.shard,
    workerId: row.worker_id,
    sweptSecondsAgo: row.ago,
    missedTicks: Number(row.missed_ticks),
  }))
}

async function readPauses(db: Db): Promise<Operations['pauses']> {
  return db
    .selectFrom('venue_budgets')
    .select(['place', 'reason'])
    .select(
      sql<number>`extract(epoch from paused_until - clock_timestamp())::double precision`.as('leftSeconds'),
    )
    .where('account_id', '=', '')
    .where('paused_until', '>', sql<Date>`clock_timestamp()`)
    .orderBy('place')
    .execute()
}

async function readBudgets(db: Db): Promise<Operations['budgets']> {
  return db
    .selectFrom('venue_allowances')
    .select(['place', 'name', 'level as left'])
    .select(sql<number>`extract(epoch from clock_timestamp() - at)::double precision`.as('secondsAgo'))
    .where('account_id', '=', '')
    .orderBy('place')
    .orderBy('name')
    .execute()
}
