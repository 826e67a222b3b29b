import { type Kysely, sql } from 'kysely'

/** Which worker listens to an account's stream, and whether it hears everything. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table account_streams (
      account_id uuid primary key references accounts (id) on delete cascade,
      worker_id text not null,
      lease_until timestamptz not null,
      whole_since timestamptz
    )`.execute(db)
  await sql`comment on column account_streams.whole_since is
    'since when nothing that the venue tells is missed; null while the stream is lost'`.execute(db)
  await sql`create index account_streams_worker on account_streams (worker_id)`.execute(db)
  await sql`grant select, insert, update, delete on account_streams to bullpen_worker`.execute(db)
}
