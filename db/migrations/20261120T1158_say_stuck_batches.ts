import { type Kysely, sql } from 'kysely'

/** A close-all that does not come to its end is said to a person, once. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table close_batches add column alarmed_at timestamptz`.execute(db)
  await sql`comment on column close_batches.alarmed_at is
    'when a person was told that it does not come to its end'`.execute(db)
}
