import { type Kysely, sql } from 'kysely'
import { protectTenantTable } from '../tenant-table.ts'

/** Signals, how they turned out, and what each account decided on them. Times of signals are market time. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table trading_signals (
      id uuid primary key default gen_random_uuid(),
      user_id uuid references auth."user" (id) on delete cascade,
      source text not null check (source not in ('ai-scheduler', 'ai-trading-signals', 'titan_v2', 'manual')),
      symbol text not null check (symbol ~ '^[A-Z0-9]+/[A-Z0-9]+$'),
      action text not null check (action in ('BUY', 'SELL', 'HOLD')),
      confidence double precision not null check (confidence between 0 and 1),
      reasoning text not null default '',
      details jsonb not null default '{}',
      price numeric not null check (price > 0),
      stop_loss numeric check (stop_loss > 0),
      take_profit numeric check (take_profit > 0),
      created_at timestamptz not null,
      renewed_at timestamptz not null,
      expires_at timestamptz not null,
      ended_at timestamptz,
      recorded_at timestamptz not null default now(),
      check (expires_at > created_at)
    )`.execute(db)
  // One live signal per (source, symbol, user): two fetchers at once cannot fan out twice.
  await sql`create unique index trading_signals_live on trading_signals (source, symbol, user_id)
    nulls not distinct where ended_at is null`.execute(db)
  await sql`create index trading_signals_created on trading_signals (created_at desc)`.execute(db)
  await sql`alter table trading_signals enable row level security`.execute(db)
  await sql`alter table trading_signals force row level security`.execute(db)
  await sql`create policy tenant_read on trading_signals for select to bullpen_app
    using (current_tenant() is not null and (user_id is null or user_id = current_tenant()))`.execute(db)
  await sql`create policy tenant_write on trading_signals for insert to bullpen_app
    with check (user_id = current_tenant())`.execute(db)
  await sql`create policy worker on trading_signals to bullpen_worker using (true) with check (true)`.execute(
    db,
  )
  await sql`
    create table signal_scores (
      signal_id uuid primary key references trading_signals (id) on delete cascade,
      source text not null,
      symbol text not null,
      is_hit boolean not null,
      move double precision not null,
      created_at timestamptz not null,
      scored_at timestamptz not null
    )`.execute(db)
  await sql`comment on column signal_scores.move is 'signed move in the signal''s direction over its horizon, as a ratio'`.execute(
    db,
  )
  await sql`create index signal_scores_source on signal_scores (source, symbol, created_at desc)`.execute(db)
  await sql`
    create table decisions (
      id uuid primary key default gen_random_uuid(),
      user_id uuid not null,
      account_id uuid not null,
      signal_id uuid not null references trading_signals (id),
      symbol text not null,
      outcome text not null check (outcome in ('taken', 'skipped')),
      action text not null,
      reasons jsonb not null check (jsonb_typeof(reasons) = 'array'),
      steps jsonb not null check (jsonb_typeof(steps) = 'array'),
      market_at timestamptz not null,
      created_at timestamptz not null default now(),
      foreign key (account_id, user_id) references accounts (id, user_id)
    )`.execute(db)
  await sql`create index decisions_latest on decisions (account_id, signal_id, created_at desc)`.execute(db)
  await sql`create index decisions_recent on decisions (user_id, created_at desc)`.execute(db)
  await protectTenantTable(db, 'decisions')
  await sql`grant select on trading_signals, signal_scores, decisions to bullpen_app`.execute(db)
  await sql`grant insert on trading_signals to bullpen_app`.execute(db)
  await sql`grant select, insert, update, delete on trading_signals, signal_scores, decisions to bullpen_worker`.execute(
    db,
  )
}
