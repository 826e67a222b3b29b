import { type Kysely, sql } from 'kysely'

/**
 * A worker that is killed lets go of a lock of the database at once, so that what it was sending need not wait for its
 * lease. Whether a worker holds such a lock at all is written down, because a missing one means nothing otherwise.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table workers add column has_lifeline boolean not null default false`.execute(db)
  await sql`comment on column workers.has_lifeline is
    'whether it holds an advisory lock for as long as it lives: without it, it has ended'`.execute(db)
}
