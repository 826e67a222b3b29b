import { sql } from 'kysely'
import type { Db } from './client.ts'

/** A process at work, as the others see it. */
export interface WorkerIdentity {
  readonly id: string
  readonly role: string
  readonly queues: readonly string[]
  readonly host: string
  readonly pid: number
  readonly version: string
  /** A digest of its program. */
  readonly build?: string
  /** The newest migration that its build knows. */
  readonly schema?: string
  /** Where a process that serves others is reached, such as the simulator. */
  readonly address?: string
}

/**
 * Says that a process is alive, by the database's clock; the first call registers it. One that has ended stays so, also
 * when a beat of its comes after that. Returns why it is asked to leave, when it is.
 */
export async function beat(
  db: Db,
  worker: WorkerIdentity,
  vitals: { readonly rssBytes: number; readonly loopLagMs: number },
): Promise<string | undefined> {
  const { leave_reason } = await db
    .insertInto('workers')
    .values({
      id: worker.id,
      role: worker.role,
      queues: [...worker.queues],
      host: worker.host,
      pid: worker.pid,
      version: worker.version,
      schema: worker.schema ?? null,
      build: worker.build ?? null,
      address: worker.address ?? null,
      rss_bytes: vitals.rssBytes,
      loop_lag_ms: vitals.loopLagMs,
    })
    .onConflict((conflict) =>
      conflict.column('id').doUpdateSet({
        heartbeat_at: sql<Date>`now()`,
        rss_bytes: vitals.rssBytes,
        loop_lag_ms: vitals.loopLagMs,
        silence_told_at: null,
      }),
    )
    .returning('leave_reason')
    .executeTakeFirstOrThrow()
  return leave_reason ?? undefined
}

/** Says that a process ended by itself. */
export async function markStopped(db: Db, id: string): Promise<void> {
  await db.updateTable('workers').set({ stopped_at: sql<Date>`now()` }).where('id', '=', id).execute()
}

/** Where the simulator that beat last is reached; undefined when none has been alive for 15 s. */
export async function findSimulator(db: Db): Promise<string | undefined> {
  const row = await db
    .selectFrom('workers')
    .select('address')
    .where('role', '=', 'simulator')
    .where('address', 'is not', null)
    .where('stopped_at', 'is', null)
    .where('heartbeat_at', '>', sql<Date>`now() - interval '15 seconds'`)
    .orderBy('heartbeat_at', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row?.address ?? undefined
}

/** How many processes that work on a queue have been alive within 15 s. */
export async function countWorkers(db: Db, queue: string): Promise<number> {
  const { count } = await db
    .selectFrom('workers')
    .select((select) => select.fn.countAll<string>().as('count'))
    .where(sql<boolean>`${queue} = any (queues)`)
    .where('stopped_at', 'is', null)
    .where('heartbeat_at', '>', sql<Date>`now() - interval '15 seconds'`)
    .executeTakeFirstOrThrow()
  return Number(count)
}

/** Whether any worker beat within 15 s. */
export async function hasLiveWorker(db: Db): Promise<boolean> {
  const row = await db
    .selectFrom('workers')
    .select('id')
    .where('role', '=', 'worker')
    .where('stopped_at', 'is', null)
    .where('heartbeat_at', '>', sql<Date>`now() - interval '15 seconds'`)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

/** Whether the living worker that started last is of this build: while two are at work, the newer one has its way. */
export async function isNewestBuild(db: Db, build: string): Promise<boolean> {
  const row = await db
    .selectFrom('workers')
    .select('build')
    .where('role', '=', 'worker')
    .where('build', 'is not', null)
    .where('stopped_at', 'is', null)
    .where('heartbeat_at', '>', sql<Date>`now() - interval '15 seconds'`)
    .orderBy('started_at', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row === undefined || row.build === build
}
