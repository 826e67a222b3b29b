import { type Kysely, sql } from 'kysely'

/** The advisory lock that claims share while they read halts, and whoever changes one takes alone; it says HALT. */
const turnOnHalts = 0x48414c54

/** Close-all: one open batch per scope and key, which ends when the venue reports flat. Halts get their questions answered fast. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table close_batches (
      id uuid primary key default gen_random_uuid(),
      scope text not null,
      key text not null,
      user_id uuid references auth."user" (id) on delete restrict,
      reason text,
      opened_by text not null,
      opened_at timestamptz not null default clock_timestamp(),
      position_ids uuid[] not null default '{}',
      advanced_at timestamptz,
      flat_since timestamptz,
      waits_for text,
      ended_at timestamptz,
      outcome text,
      foreign key (scope, key) references halts (scope, key),
      constraint close_batches_end_with_an_outcome check ((ended_at is null) = (outcome is null))
    )`.execute(db)
  await sql`comment on column close_batches.position_ids is 'every position that the batch has found alive in its scope'`.execute(
    db,
  )
  await sql`comment on column close_batches.waits_for is 'why it is not over yet, in words'`.execute(db)
  // Pressed twenty times from three channels, it closes once.
  await sql`create unique index close_batches_open on close_batches (scope, key) where ended_at is null`.execute(
    db,
  )
  await sql`alter table close_batches enable row level security`.execute(db)
  await sql`alter table close_batches force row level security`.execute(db)
  await sql`create policy tenant_read on close_batches for select to bullpen_app
    using (current_tenant() is not null and (user_id is null or user_id = current_tenant()))`.execute(db)
  await sql`create policy tenant_write on close_batches for insert to bullpen_app
    with check (user_id = current_tenant() and scope in ('user', 'account'))`.execute(db)
  await sql`create policy worker on close_batches to bullpen_worker using (true) with check (true)`.execute(
    db,
  )
  await sql`grant select, insert on close_batches to bullpen_app`.execute(db)
  await sql`grant select, insert, update on close_batches to bullpen_worker`.execute(db)
  // Share locks on a row let each other in past a writer that waits: among many claims a halt could wait for ever. An
  // advisory lock keeps its queue, so a halt waits for the claims before it alone.
  await sql`
    create function take_turn_on_halts() returns trigger language plpgsql as $fn$
    begin
      perform pg_advisory_xact_lock(${sql.lit(turnOnHalts)});
      return null;
    end $fn$`.execute(db)
  await sql`create trigger take_turn_on_halts before update on halts for each statement execute function take_turn_on_halts()`.execute(
    db,
  )
  // What the automatic halts count.
  await sql`create index orders_account_planned on orders (account_id, planned_at)`.execute(db)
  await sql`create index orders_exchange_sent on orders (exchange, sent_at)`.execute(db)
}
