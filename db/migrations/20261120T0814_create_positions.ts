import { type Kysely, sql } from 'kysely'
import { protectTenantTable } from '../tenant-table.ts'

/** Positions and what watches them. opened_at and closed_at are market time. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table positions (
      id uuid primary key default gen_random_uuid(),
      user_id uuid not null,
      account_id uuid not null,
      signal_id uuid references trading_signals (id),
      decision_id uuid references decisions (id),
      source text not null,
      symbol text not null,
      side text not null check (side in ('long', 'short')),
      state text not null check (state in ('opening', 'open', 'closing', 'closed', 'void', 'stray')),
      qty_open numeric not null default 0 check (qty_open >= 0),
      qty_reserved numeric not null default 0 check (qty_reserved >= 0),
      qty_entered numeric not null default 0 check (qty_entered >= 0),
      entry_price numeric check (entry_price > 0),
      leverage numeric not null default 1 check (leverage >= 1),
      stop_loss numeric check (stop_loss > 0),
      take_profit numeric check (take_profit > 0),
      rules jsonb not null default '{}' check (jsonb_typeof(rules) = 'object'),
      close_reason text,
      opened_at timestamptz,
      closed_at timestamptz,
      created_at timestamptz not null default now(),
      foreign key (account_id, user_id) references accounts (id, user_id),
      unique (id, user_id),
      unique (account_id, signal_id),
      constraint nothing_oversold check (qty_reserved <= qty_open),
      constraint closed_is_empty check (state not in ('closed', 'void') or qty_open = 0)
    )`.execute(db)
  await sql`comment on column positions.rules is
    'the exit rules as the settings were when the entry was planned; the watched position takes them over'`.execute(
    db,
  )
  await sql`create unique index positions_living on positions (account_id, symbol)
    where state in ('opening', 'open', 'closing')`.execute(db)
  await sql`create index positions_user on positions (user_id, created_at desc)`.execute(db)
  await sql`
    create table monitored_positions (
      position_id uuid primary key,
      user_id uuid not null,
      shard integer not null check (shard >= 0),
      is_active boolean not null default true,
      entry_price numeric not null,
      best_price numeric not null,
      stop_loss numeric,
      take_profit numeric,
      trailing_sl numeric,
      taken_levels smallint[] not null default '{}',
      rules jsonb not null,
      last_price numeric,
      evaluated_at timestamptz,
      reevaluated_at timestamptz,
      updated_at timestamptz not null default now(),
      foreign key (position_id, user_id) references positions (id, user_id) on delete cascade
    )`.execute(db)
  await sql`create index monitored_positions_shard on monitored_positions (shard) where is_active`.execute(db)
  await sql`
    create table position_reevaluations (
      id uuid primary key default gen_random_uuid(),
      user_id uuid not null,
      position_id uuid not null,
      reevaluation_type text not null,
      old_sl numeric, new_sl numeric,
      old_tp numeric, new_tp numeric,
      reason text not null,
      action_taken text not null,
      market_at timestamptz not null,
      created_at timestamptz not null default now(),
      foreign key (position_id, user_id) references positions (id, user_id) on delete cascade
    )`.execute(db)
  await sql`create index position_reevaluations_position on position_reevaluations (position_id, market_at)`.execute(
    db,
  )
  await sql`
    create table monitor_shards (
      shard integer primary key check (shard >= 0),
      worker_id text,
      leased_until timestamptz,
      swept_at timestamptz
    )`.execute(db)
  for (const table of ['positions', 'monitored_positions', 'position_reevaluations'])
    await protectTenantTable(db, table)
  await sql`grant select on positions, monitored_positions, position_reevaluations to bullpen_app`.execute(db)
  await sql`grant select, insert, update on positions, monitored_positions, position_reevaluations, monitor_shards to bullpen_worker`.execute(
    db,
  )
}
