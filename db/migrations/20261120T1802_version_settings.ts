import { type Kysely, sql } from 'kysely'

/** Which edit of the settings this is: whoever changes what somebody else has changed meanwhile is told so. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table trading_settings add column version integer not null default 1 check (version > 0)`.execute(
    db,
  )
}
