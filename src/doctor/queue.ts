import type { Redis } from 'ioredis'
import { sql } from 'kysely'
import type { Db } from '#db/client.ts'
import { messageOf } from '../errors.ts'
import { queueNames } from '../queue/contracts.ts'
import type { Queues } from '../queue/queues.ts'
import { type Check, Ill } from './check.ts'

/** The queue's store answers and is set as it should be, and every queue in use has a live worker. */
export function queueChecks(parts: {
  readonly queues: Queues
  readonly redis: Redis | undefined
  readonly db: Db
}): Check[] {
  return [
    { id: 'queue', examine: () => store(parts.queues, parts.redis) },
    { id: 'workers', examine: () => workers(parts.db) },
    { id: 'failed-jobs', examine: () => failedJobs(parts.queues) },
  ]
}

async function store(queues: Queues, redis: Redis | undefined): Promise<string> {
  await answering(queues)
  if (!redis) return 'in PostgreSQL'
  const info = await redis.info()
  const version = /redis_version:(\S+)/.exec(info)?.[1] ?? '?'
  const policy = /maxmemory_policy:(\S+)/.exec(info)?.[1] ?? '?'
  const hz = Number(/configured_hz:(\d+)/.exec(info)?.[1] ?? 0)
  if (policy !== 'noeviction')
    throw new Ill(
      `Redis ${version} evicts keys (${policy})`,
      'Set maxmemory-policy noeviction: an evicted key is a lost job.',
    )
  const late =
    hz < 100 ? '; hz is below 100, so scheduled jobs start up to 100 ms late: start it with --hz 100' : ''
  const isKept = /aof_enabled:1/.test(info)
  const kept = isKept
    ? ''
    : '; appendonly is off: what waits there is gone when it ends, and is made anew from the database within seconds'
  return `Redis ${version}, hz ${hz}${late}${kept}`
}

/** @throws Ill when the store does not answer; whoever asked it anything else would wait for it. */
async function answering(queues: Queues): Promise<void> {
  try {
    await queues.ping()
  } catch (error) {
    throw new Ill(
      `the queue's store does not answer: ${messageOf(error)}`,
      'Start it, or correct REDIS_URL; without REDIS_URL it is PostgreSQL.',
    )
  }
}

async function workers(db: Db): Promise<string> {
  const rows = await db
    .selectFrom('workers')
    .select(['queues', 'role'])
    .where('stopped_at', 'is', null)
    .where('heartbeat_at', '>', sql<Date>`clock_timestamp() - interval '15 seconds'`)
    .execute()
  const served = new Set(rows.flatMap((row) => row.queues))
  const missing = queueNames.filter((queue) => !served.has(queue))
  if (missing.length > 0)
    throw new Ill(`nobody works on ${missing.join(', ')}`, `npx bullpen worker --queues ${missing.join(',')}`)
  return `${rows.length} processes alive`
}

/** Failed jobs are told, not held against the installation: each has its reason on the board. */
async function failedJobs(queues: Queues): Promise<string> {
  await answering(queues)
  const counts = await Promise.all(
    queueNames.map(async (name) => ({ name, failed: await queues.named(name).getFailedCount() })),
  )
  const some = counts.filter(({ failed }) => failed > 0)
  if (some.length === 0) return 'none'
  return `${some.map(({ name, failed }) => `${name} ${failed}`).join(', ')}: read why at /ops/queues`
}
