import { type Kysely, sql } from 'kysely'

/**
 * Decisions of one transaction, and of transactions that wait for each other, are told apart by when they were written: a
 * transaction that began earlier may decide later.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table decisions alter column created_at set default clock_timestamp()`.execute(db)
}
