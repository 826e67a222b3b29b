import { type Kysely, sql } from 'kysely'
import { protectTenantTable } from '../tenant-table.ts'

/** Equity over time, the processes at work, and who did what. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table equity_snapshots (
      account_id uuid not null,
      user_id uuid not null,
      at timestamptz not null,
      market_at timestamptz not null,
      equity numeric not null,
      free_quote numeric not null,
      exposure numeric not null,
      open_pnl numeric not null,
      primary key (account_id, at),
      foreign key (account_id, user_id) references accounts (id, user_id) on delete cascade
    )`.execute(db)
  await protectTenantTable(db, 'equity_snapshots')
  await sql`grant select on equity_snapshots to bullpen_app`.execute(db)
  await sql`grant select, insert, delete on equity_snapshots to bullpen_worker`.execute(db)
  await sql`
    create table workers (
      id text primary key,
      role text not null,
      queues text[] not null default '{}',
      host text not null,
      pid integer not null,
      version text not null,
      address text,
      rss_bytes bigint,
      loop_lag_ms double precision,
      started_at timestamptz not null default now(),
      heartbeat_at timestamptz not null default now(),
      stopped_at timestamptz
    )`.execute(db)
  await sql`comment on column workers.address is 'where a process that serves others is reached, such as the simulator'`.execute(
    db,
  )
  await sql`grant select, insert, update, delete on workers to bullpen_worker`.execute(db)
  await sql`grant select on workers to bullpen_app`.execute(db)
  await sql`
    create table audit_log (
      id bigint generated always as identity primary key,
      user_id uuid references auth."user" (id) on delete restrict,
      actor text not null,
      action text not null,
      target text,
      details jsonb not null default '{}',
      at timestamptz not null default now()
    )`.execute(db)
  await sql`alter table audit_log enable row level security`.execute(db)
  await sql`alter table audit_log force row level security`.execute(db)
  await sql`create policy tenant_read on audit_log for select to bullpen_app using (user_id = current_tenant())`.execute(
    db,
  )
  await sql`create policy tenant_write on audit_log for insert to bullpen_app with check (user_id = current_tenant())`.execute(
    db,
  )
  await sql`create policy worker on audit_log to bullpen_worker using (true) with check (true)`.execute(db)
  await sql`grant select, insert on audit_log to bullpen_app, bullpen_worker`.execute(db)
}
