import { type Kysely, sql } from 'kysely'

/**
 * What a lost queue and a tired venue leave behind: ticks of the monitor that nobody kept, orders whose venue could not be
 * reached, and until when a venue takes no requests.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table monitor_shards
      add column missed_ticks bigint not null default 0 check (missed_ticks >= 0),
      add column missed_at timestamptz`.execute(db)
  await sql`comment on column monitor_shards.missed_at is 'when a tick of this shard was counted as missed last'`.execute(
    db,
  )
  await sql`alter table orders add column unreached integer not null default 0 check (unreached >= 0)`.execute(
    db,
  )
  await sql`comment on column orders.unreached is 'how often in a row its venue could not be reached'`.execute(
    db,
  )
  await sql`
    create table venue_budgets (
      place text not null,
      account_id text not null default '',
      paused_until timestamptz not null,
      reason text not null,
      primary key (place, account_id)
    )`.execute(db)
  await sql`comment on column venue_budgets.place is 'exchange, market and mode, as in "binance spot live"'`.execute(
    db,
  )
  await sql`comment on column venue_budgets.account_id is 'whom it concerns; empty: everyone behind this address'`.execute(
    db,
  )
  await sql`grant select, insert, update, delete on venue_budgets to bullpen_worker`.execute(db)
}
