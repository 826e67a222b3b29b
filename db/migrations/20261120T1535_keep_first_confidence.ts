import { type Kysely, sql } from 'kysely'

/** What a signal was first said with: its score is judged from that moment on, and a renewal overwrites the confidence. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table trading_signals add column first_confidence double precision
    check (first_confidence between 0 and 1)`.execute(db)
  await sql`comment on column trading_signals.first_confidence is
    'confidence when it was first said; null for what is older than this column'`.execute(db)
}
