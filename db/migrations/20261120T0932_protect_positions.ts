import { type Kysely, sql } from 'kysely'
import { protectTenantTable } from '../tenant-table.ts'

/** What protects a position: the versions of its resting stop, when it had none, and orders that are to be taken back. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table positions
      add column stop_plan integer not null default 0 check (stop_plan >= 0),
      add column stop_removed_at timestamptz,
      add column stop_declined_at timestamptz,
      add column stop_reached_at timestamptz`.execute(db)
  await sql`comment on column positions.stop_plan is 'version of the newest resting stop: its slot is stop:<plan>'`.execute(
    db,
  )
  await sql`comment on column positions.stop_removed_at is 'when somebody else than the program last took the stop away'`.execute(
    db,
  )
  await sql`comment on column positions.stop_declined_at is 'the stop was taken away twice: the user wants none, the monitor guards'`.execute(
    db,
  )
  await sql`comment on column positions.stop_reached_at is 'when the price was first seen through the resting stop'`.execute(
    db,
  )
  await sql`
    alter table orders
      add column became_venue_order_id text,
      add column cancel_requested_at timestamptz,
      add column rests_until timestamptz,
      add column on_timeout text check (on_timeout in ('reprice', 'skip')),
      add constraint only_limits_time_out check (type = 'limit' or (rests_until is null and on_timeout is null)),
      add constraint stops_have_a_price check (type <> 'stop_market' or stop_price is not null)`.execute(db)
  await sql`comment on column orders.became_venue_order_id is 'the order that a triggered stop became; its fills are ours'`.execute(
    db,
  )
  await sql`comment on column orders.cancel_requested_at is 'since when it is to be taken back; a cancel never expires'`.execute(
    db,
  )
  await sql`create index orders_to_cancel on orders (cancel_requested_at)
    where cancel_requested_at is not null and state in ('open', 'partially_filled', 'canceling')`.execute(db)
  await sql`
    create table protection_gaps (
      id uuid primary key default gen_random_uuid(),
      user_id uuid not null,
      position_id uuid not null,
      kind text not null check (kind in ('no_stop', 'not_evaluated', 'exit_unknown')),
      reason text not null,
      began_at timestamptz not null,
      ended_at timestamptz,
      check (ended_at >= began_at),
      foreign key (position_id, user_id) references positions (id, user_id)
    )`.execute(db)
  await sql`create unique index protection_gaps_open on protection_gaps (position_id) where ended_at is null`.execute(
    db,
  )
  await sql`create index protection_gaps_position on protection_gaps (position_id, began_at)`.execute(db)
  await protectTenantTable(db, 'protection_gaps')
  await sql`grant select on protection_gaps to bullpen_app`.execute(db)
  await sql`grant select, insert, update on protection_gaps to bullpen_worker`.execute(db)
}
