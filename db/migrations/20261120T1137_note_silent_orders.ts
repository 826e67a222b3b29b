import { type Kysely, sql } from 'kysely'

/** An order that the venue had confirmed and does not show any more: since when, so that evidence is gathered from then on. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table orders add column silent_since timestamptz`.execute(db)
  await sql`comment on column orders.silent_since is
    'since when the venue does not show an order that it had confirmed; a stop protects nobody meanwhile'`.execute(
    db,
  )
}
