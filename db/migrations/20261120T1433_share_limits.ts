import { type Kysely, sql } from 'kysely'

/** What all workers share of a venue's limits: the numbers its keys count by, and how much may still be asked. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table key_nonces (
      account_id uuid primary key references accounts (id) on delete cascade,
      last bigint not null
    )`.execute(db)
  await sql`comment on column key_nonces.last is
    'microseconds since 1970, or more: the greatest number that was signed with this account''s key'`.execute(
    db,
  )
  await sql`
    create table venue_allowances (
      place text not null,
      name text not null,
      account_id text not null default '',
      level double precision not null,
      at timestamptz not null,
      primary key (place, name, account_id)
    )`.execute(db)
  await sql`comment on table venue_allowances is
    'how much of each limit of a venue is left, at its moment; what flows back since is reckoned when it is read'`.execute(
    db,
  )
  for (const table of ['key_nonces', 'venue_allowances'])
    await sql`grant select, insert, update, delete on ${sql.table(table)} to bullpen_worker`.execute(db)
}
