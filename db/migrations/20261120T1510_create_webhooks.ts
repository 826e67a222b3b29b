import { type Kysely, sql } from 'kysely'
import { protectTenantTable } from '../tenant-table.ts'

/** Addresses to which others send a user's signals, what came there and what became of it, and how often anybody may ask. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table webhooks (
      id uuid primary key default gen_random_uuid(),
      user_id uuid not null references auth."user" (id) on delete cascade,
      name text not null check (name ~ '^[a-z0-9][a-z0-9-]{0,30}$'),
      kind text not null check (kind in ('tradingview', 'generic')),
      token_digest bytea not null unique check (octet_length(token_digest) = 32),
      is_signed boolean not null,
      is_for_everyone boolean not null default false,
      created_at timestamptz not null default now(),
      removed_at timestamptz,
      unique (id, user_id),
      check (kind <> 'tradingview' or not is_signed)
    )`.execute(db)
  await sql`comment on column webhooks.token_digest is 'SHA-256 of the token in its address; the token itself is nowhere'`.execute(
    db,
  )
  await sql`create unique index webhooks_name on webhooks (user_id, name) where removed_at is null`.execute(
    db,
  )
  await sql`
    create table webhook_deliveries (
      id uuid primary key default gen_random_uuid(),
      webhook_id uuid not null,
      user_id uuid not null,
      received_at timestamptz not null default now(),
      key text,
      digest bytea not null check (octet_length(digest) = 32),
      body text not null check (length(body) <= 2000),
      state text not null check (state in ('received', 'taken', 'refused')),
      wish jsonb,
      reason text,
      handled_at timestamptz,
      signal_id uuid references trading_signals (id) on delete set null,
      foreign key (webhook_id, user_id) references webhooks (id, user_id) on delete cascade,
      check ((state = 'received') = (handled_at is null)),
      check (state <> 'received' or (wish is not null and key is not null)),
      check ((state = 'refused') = (reason is not null))
    )`.execute(db)
  await sql`comment on column webhook_deliveries.key is
    'what its sender calls it, or the digest of its body: the same one is taken once'`.execute(db)
  await sql`create unique index webhook_deliveries_once on webhook_deliveries (webhook_id, key)`.execute(db)
  await sql`create index webhook_deliveries_recent on webhook_deliveries (user_id, received_at desc, id desc)`.execute(
    db,
  )
  await sql`create index webhook_deliveries_waiting on webhook_deliveries (received_at) where state = 'received'`.execute(
    db,
  )
  for (const table of ['webhooks', 'webhook_deliveries']) await protectTenantTable(db, table)
  // Who sends has no session: a transaction that knows a token sees its webhook, and no other.
  await sql`
    create policy by_token on webhooks for select to bullpen_app
      using (token_digest = decode(nullif(current_setting('app.token_digest', true), ''), 'hex'))`.execute(db)
  await sql`grant select, insert, update on webhooks to bullpen_app`.execute(db)
  await sql`grant select, insert, delete on webhook_deliveries to bullpen_app`.execute(db)
  await sql`grant select on webhooks to bullpen_worker`.execute(db)
  await sql`grant select, update on webhook_deliveries to bullpen_worker`.execute(db)
  await sql`
    create table rate_limits (
      key text primary key,
      began_at timestamptz not null,
      count integer not null check (count > 0)
    )`.execute(db)
  await sql`grant select, insert, update, delete on rate_limits to bullpen_app`.execute(db)
}
