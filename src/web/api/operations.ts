import type { Queue } from 'bullmq'
import { sql } from 'kysely'
import { z } from 'zod'
import type { Db } from '#db/client.ts'
import { instant, noBody, nothing } from './fields.ts'
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

const operations = z.object({
  workers: z.array(worker),
  sources: z.array(remoteSource),
  /** Jobs by state; null for a queue that did not answer. */
  queues: z.array(z.object({ name: z.string(), counts: z.record(z.string(), z.int()).nullable() })),
})
export type Operations = z.infer<typeof operations>

/** The processes at work and what waits for them. */
export function getOperations(queues: readonly Queue[]) {
  return route({
    method: 'get',
    path: '/operations',
    summary: 'Workers with their heartbeats, sources that are away, and the queues’ job counts. Admins only.',
    role: 'admin',
    query: nothing,
    body: noBody,
    answer: operations,
    async handle({ db }): Promise<Operations> {
      const rows = await db
        .selectFrom('workers')
        .selectAll()
        .select(
          sql<number>`extract(epoch from clock_timestamp() - heartbeat_at)::double precision`.as(
            'seconds_ago',
          ),
        )
        .where('stopped_at', 'is', null)
        .orderBy('role')
        .orderBy('started_at')
        .execute()
      return {
        workers: rows.map((row) => ({
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
        })),
        sources: await readSources(db),
        queues: await Promise.all(queues.map(countJobs)),
      }
    },
  })
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

async function countJobs(queue: Queue): Promise<Operations['queues'][number]> {
  const counts = await queue.getJobCounts().catch(() => null)
  return { name: queue.name, counts }
}
