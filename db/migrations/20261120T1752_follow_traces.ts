import { type Kysely, sql } from 'kysely'

/** The way of a trade goes through the database, not the queue alone: what follows from a signal or an order belongs to its trace. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const table of ['trading_signals', 'orders']) {
    await sql`alter table ${sql.table(table)} add column traceparent text check (length(traceparent) = 55)`.execute(
      db,
    )
    await sql`comment on column ${sql.ref(`${table}.traceparent`)} is
      'the step that made it, as W3C Trace Context says it; null when nothing was traced'`.execute(db)
  }
}
