import { sql } from 'kysely'
import type { Db } from './client.ts'

/** A process that has not said that it ended, as whoever guards the workers sees it. */
export interface GuardedWorker {
  readonly id: string
  readonly role: string
  readonly queues: readonly string[]
  readonly host: string
  readonly pid: number
  /** At its last beat; null before it said so. */
  readonly rssBytes: number | null
  /** Since its last beat. */
  readonly silentMs: number
  /** Within the last two minutes: one that is still here after that does not leave. */
  readonly isAskedToLeave: boolean
  /** Whether its silence was told already. */
  readonly isTold: boolean
}

/** Every process that has not said that it ended. */
export async function guardedWorkers(db: Db): Promise<GuardedWorker[]> {
  const rows = await db
    .selectFrom('workers')
    .select(['id', 'role', 'queues', 'host', 'pid', 'rss_bytes', 'silence_told_at'])
    .select(
      sql<number>`1000 * extract(epoch from clock_timestamp() - heartbeat_at)::double precision`.as(
        'silent_ms',
      ),
    )
    .select(
      sql<boolean>`coalesce(leave_asked_at > clock_timestamp() - interval '2 minutes', false)`.as('is_asked'),
    )
    .where('stopped_at', 'is', null)
    .orderBy('started_at')
    .execute()
  return rows.map((row) => ({
    id: row.id,
    role: row.role,
    queues: row.queues,
    host: row.host,
    pid: row.pid,
    rssBytes: row.rss_bytes === null ? null : Number(row.rss_bytes),
    silentMs: row.silent_ms,
    isAskedToLeave: row.is_asked,
    isTold: row.silence_told_at !== null,
  }))
}

/** The queues of all processes that were asked to leave within the last so many ms, ended or not. */
export async function queuesLeftWithin(db: Db, ms: number): Promise<string[]> {
  const rows = await db
    .selectFrom('workers')
    .select('queues')
    .where('leave_asked_at', '>', sql<Date>`clock_timestamp() - make_interval(secs => ${ms / 1_000})`)
    .execute()
  return [...new Set(rows.flatMap(({ queues }) => queues))]
}

/** Asks a process to leave: it hears so with its next beat. Asking again says nothing new. */
export async function askToLeave(db: Db, id: string, reason: string): Promise<void> {
  await db
    .updateTable('workers')
    .set({ leave_asked_at: sql<Date>`clock_timestamp()`, leave_reason: reason })
    .where('id', '=', id)
    .where('leave_asked_at', 'is', null)
    .execute()
}

/** Notes that the silence of processes was told; their next beat takes it back. */
export async function noteSilenceTold(db: Db, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return
  await db
    .updateTable('workers')
    .set({ silence_told_at: sql<Date>`clock_timestamp()` })
    .where('id', 'in', ids)
    .execute()
}
