import type { Selectable } from 'kysely'
import type { Db } from './client.ts'
import type { SourceHealth } from './database.ts'

/** A source that may be away, as all workers see it; times in epoch milliseconds of the wall clock. */
export interface StoredHealth {
  readonly failures: number
  readonly retryAtMs: number | null
  readonly answeredAtMs: number | null
}

/** How a source has done; undefined when nobody has asked it yet. */
export async function healthOf(db: Db, source: string): Promise<StoredHealth | undefined> {
  const row = await db
    .selectFrom('source_health')
    .select(['failures', 'retry_at', 'answered_at'])
    .where('source', '=', source)
    .executeTakeFirst()
  return row && healthIn(row)
}

/** A source that failed when it was last asked, and why; `toldAtMs` is when it did. */
export interface StoredTrouble extends StoredHealth {
  readonly source: string
  readonly reason: string
  readonly toldAtMs: number
}

/** The sources that failed when they were last asked, by name. */
export async function sourceTroubles(db: Db): Promise<StoredTrouble[]> {
  const rows = await db
    .selectFrom('source_health')
    .selectAll()
    .where('failures', '>', 0)
    .orderBy('source')
    .execute()
  return rows.map((row) => ({
    source: row.source,
    ...healthIn(row),
    reason: row.reason ?? '',
    toldAtMs: row.updated_at.getTime(),
  }))
}

/** Stores how a source has done; `reason` says why it failed last, and is needed when it did. */
export async function saveHealth(
  db: Db,
  source: string,
  health: StoredHealth & { readonly reason: string | null },
): Promise<void> {
  const row = {
    failures: health.failures,
    retry_at: health.retryAtMs === null ? null : new Date(health.retryAtMs),
    answered_at: health.answeredAtMs === null ? null : new Date(health.answeredAtMs),
    reason: health.reason?.slice(0, 500) ?? null,
    updated_at: new Date(),
  }
  await db
    .insertInto('source_health')
    .values({ source, ...row })
    .onConflict((conflict) => conflict.column('source').doUpdateSet(row))
    .execute()
}

function healthIn(
  row: Pick<Selectable<SourceHealth>, 'failures' | 'retry_at' | 'answered_at'>,
): StoredHealth {
  return {
    failures: row.failures,
    retryAtMs: row.retry_at?.getTime() ?? null,
    answeredAtMs: row.answered_at?.getTime() ?? null,
  }
}
