import { type Kysely, sql } from 'kysely'
import { protectTenantTable } from '../tenant-table.ts'

/** Backtests that users ask for: what was asked, who runs it and how far it is, and what came of it. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table backtests (
      id uuid primary key default gen_random_uuid(),
      user_id uuid not null references auth."user" (id) on delete cascade,
      name text not null check (length(name) between 1 and 100),
      terms jsonb not null check (jsonb_typeof(terms) = 'object'),
      state text not null default 'queued' check (state in ('queued', 'running', 'done', 'failed', 'cancelled')),
      created_at timestamptz not null default clock_timestamp(),
      claims integer not null default 0 check (claims >= 0),
      claimed_by text,
      lease_until timestamptz,
      started_at timestamptz,
      progress double precision not null default 0 check (progress between 0 and 1),
      doing text,
      cancel_asked_at timestamptz,
      ended_at timestamptz,
      reason text,
      advice text,
      notes text[] not null default '{}',
      summary jsonb,
      curve jsonb,
      trades jsonb,
      page bytea,
      unique (id, user_id),
      constraint backtests_run_by_somebody check ((state = 'running') = (lease_until is not null and claimed_by is not null)),
      constraint backtests_end_once check ((state in ('done', 'failed', 'cancelled')) = (ended_at is not null)),
      constraint backtests_fail_with_a_reason check ((state = 'failed') = (reason is not null)),
      constraint backtests_done_whole check
        ((state = 'done') = (summary is not null and curve is not null and trades is not null and page is not null))
    )`.execute(db)
  await sql`comment on column backtests.claims is 'how often a worker has begun it'`.execute(db)
  await sql`comment on column backtests.curve is 'equity, buy-and-hold and depth below the peak, thinned to what a screen shows'`.execute(
    db,
  )
  await sql`comment on column backtests.page is 'the report as a page of its own, gzip'`.execute(db)
  await sql`create index backtests_user on backtests (user_id, created_at desc, id desc)`.execute(db)
  await sql`create index backtests_unfinished on backtests (created_at) where state in ('queued', 'running')`.execute(
    db,
  )
  await protectTenantTable(db, 'backtests')
  await sql`grant select, insert (user_id, name, terms), update (state, cancel_asked_at, ended_at), delete
    on backtests to bullpen_app`.execute(db)
  await sql`grant select, update on backtests to bullpen_worker`.execute(db)
}
