import { type Kysely, sql } from 'kysely'
import { protectTenantTable } from '../tenant-table.ts'

/**
 * What a user asks of the web and only a worker can do, because it takes the venue's word: connecting an account, and
 * another key for one. Until the venue has taken the key there is no account, so that nothing trades, snapshots or
 * reconciles one that is half made.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table account_requests (
      id uuid primary key default gen_random_uuid(),
      user_id uuid not null references auth."user" (id) on delete cascade,
      account_id uuid not null,
      kind text not null check (kind in ('connect', 'replace-key')),
      name text,
      exchange text not null,
      market text not null,
      mode text not null,
      quote text not null,
      balance numeric check (balance > 0),
      fingerprints text[] not null default '{}',
      sealed jsonb,
      asked_by text not null,
      state text not null default 'waiting' check (state in ('waiting', 'done', 'refused')),
      reason text,
      created_at timestamptz not null default now(),
      ended_at timestamptz,
      check ((state = 'waiting') = (ended_at is null)),
      check ((state = 'refused') = (reason is not null)),
      check (state = 'waiting' or sealed is null),
      check (kind <> 'connect' or name is not null),
      check ((balance is not null) = (mode = 'paper' and kind = 'connect'))
    )`.execute(db)
  await sql`comment on table account_requests is
    'accounts to connect and keys to put in place, until a worker has asked the venue; account_id is that of the account to be'`.execute(
    db,
  )
  await sql`comment on column account_requests.sealed is
    'sealed like api_keys.sealed for account_id; gone as soon as the request has ended'`.execute(db)
  await sql`create unique index account_requests_waiting on account_requests (account_id) where state = 'waiting'`.execute(
    db,
  )
  await sql`create index account_requests_recent on account_requests (user_id, created_at desc)`.execute(db)
  await protectTenantTable(db, 'account_requests')
  await sql`grant insert on account_requests to bullpen_app`.execute(db)
  await sql`grant select (id, user_id, account_id, kind, name, exchange, market, mode, quote, balance, state, reason, created_at, ended_at)
    on account_requests to bullpen_app`.execute(db)
  await sql`grant select, update, delete on account_requests to bullpen_worker`.execute(db)
  // Row security hides another tenant's key; a transaction that knows a fingerprint may see that it is taken.
  await sql`
    create policy by_fingerprint on api_keys for select to bullpen_app
      using (fingerprint = any (string_to_array(nullif(current_setting('app.key_fingerprints', true), ''), ',')))`.execute(
    db,
  )
}
