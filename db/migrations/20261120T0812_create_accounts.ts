import { type Kysely, sql } from 'kysely'
import { protectTenantTable } from '../tenant-table.ts'

/** A user's connections to exchanges, their sealed keys, and what the user set. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table accounts (
      id uuid primary key default gen_random_uuid(),
      user_id uuid not null references auth."user" (id) on delete restrict,
      name text not null check (name <> ''),
      exchange text not null check (exchange in ('binance', 'kraken', 'bybit', 'okx', 'bitget')),
      market text not null check (market in ('spot', 'margin-cross', 'margin-isolated', 'futures')),
      mode text not null check (mode in ('paper', 'testnet', 'live')),
      quote text not null check (quote ~ '^[A-Z0-9]{2,10}$'),
      status text not null default 'active' check (status in ('active', 'paused', 'degraded', 'closed')),
      status_reason text,
      created_at timestamptz not null default now(),
      unique (id, user_id),
      unique (user_id, name)
    )`.execute(db)
  await sql`
    create table api_keys (
      account_id uuid primary key,
      user_id uuid not null,
      exchange text not null,
      fingerprint text not null,
      sealed jsonb not null,
      permissions jsonb not null default '{}',
      checked_at timestamptz,
      created_at timestamptz not null default now(),
      foreign key (account_id, user_id) references accounts (id, user_id) on delete cascade,
      unique (exchange, fingerprint)
    )`.execute(db)
  await sql`comment on column api_keys.sealed is
    'AES-256-GCM under SECRET_KEY, bound to tenant, account and field; opened by the exchange gateway inside workers only'`.execute(
    db,
  )
  await sql`
    create table trading_settings (
      id uuid primary key default gen_random_uuid(),
      user_id uuid not null references auth."user" (id) on delete cascade,
      account_id uuid,
      settings jsonb not null default '{}' check (jsonb_typeof(settings) = 'object'),
      updated_at timestamptz not null default now(),
      foreign key (account_id, user_id) references accounts (id, user_id) on delete cascade,
      unique nulls not distinct (user_id, account_id)
    )`.execute(db)
  for (const table of ['accounts', 'api_keys', 'trading_settings']) await protectTenantTable(db, table)
  await sql`grant select, insert, update on accounts, trading_settings to bullpen_app, bullpen_worker`.execute(
    db,
  )
  await sql`grant select, insert, update, delete on api_keys to bullpen_worker`.execute(db)
  // The web seals keys and never reads one back.
  await sql`grant insert, delete on api_keys to bullpen_app`.execute(db)
  await sql`grant select (account_id, user_id, exchange, fingerprint, permissions, checked_at, created_at) on api_keys to bullpen_app`.execute(
    db,
  )
}
