import { type Kysely, sql } from 'kysely'
import { protectTenantTable } from '../tenant-table.ts'

/**
 * What a person should hear of, written in the transaction of its cause; each message that goes out because of it; what
 * users want to hear where; and which channels are known to arrive.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table alerts (
      id uuid primary key default gen_random_uuid(),
      user_id uuid references auth."user" (id) on delete cascade,
      account_id uuid references accounts (id) on delete cascade,
      position_id uuid references positions (id) on delete cascade,
      kind text not null check (kind ~ '^[a-z][a-z0-9-]{0,59}$'),
      subject text check (length(subject) <= 200),
      severity text not null check (severity in ('critical', 'warning', 'trade', 'info')),
      title text not null check (length(title) between 1 and 200),
      text text not null check (length(text) between 1 and 2000),
      advice text check (length(advice) between 1 and 1000),
      facts jsonb not null default '{}' check (jsonb_typeof(facts) = 'object'),
      raised_at timestamptz not null default clock_timestamp(),
      repeats integer not null default 0 check (repeats >= 0),
      repeated_at timestamptz,
      is_latest boolean not null default true,
      route_at timestamptz default clock_timestamp(),
      acknowledged_at timestamptz,
      acknowledged_by uuid references auth."user" (id) on delete set null,
      check ((repeats = 0) = (repeated_at is null)),
      check (acknowledged_by is null or acknowledged_at is not null)
    )`.execute(db)
  await sql`comment on column alerts.user_id is 'whose it is; null for the operator, whom every administrator is'`.execute(
    db,
  )
  await sql`comment on column alerts.subject is 'what it is about beside account and position, such as a worker or an order'`.execute(
    db,
  )
  await sql`comment on column alerts.is_latest is
    'whether the same one, raised now, would be a repeat of this one, while it is young enough'`.execute(db)
  await sql`comment on column alerts.route_at is
    'when it is to be looked at next for messages that should go out; null when none will'`.execute(db)
  // One that is raised twice at once is one alert and its repeat.
  await sql`create unique index alerts_latest on alerts (kind, user_id, account_id, position_id, subject)
    nulls not distinct where is_latest`.execute(db)
  await sql`create unique index alerts_one_report on alerts (user_id, kind, subject)
    where kind in ('daily-report', 'monthly-summary')`.execute(db)
  await sql`create index alerts_recent on alerts (user_id, raised_at desc, id desc)`.execute(db)
  await sql`create index alerts_to_route on alerts (route_at) where route_at is not null`.execute(db)
  await sql`create index alerts_accounts on alerts (account_id) where account_id is not null`.execute(db)
  await sql`create index alerts_positions on alerts (position_id) where position_id is not null`.execute(db)
  await sql`
    create table alert_deliveries (
      id uuid primary key default gen_random_uuid(),
      alert_id uuid not null references alerts (id) on delete cascade,
      user_id uuid references auth."user" (id) on delete cascade,
      channel text not null check (channel in ('email', 'telegram')),
      step smallint not null check (step >= 0),
      state text not null default 'waiting' check (state in ('waiting', 'sent', 'refused', 'given_up')),
      attempts integer not null default 0 check (attempts >= 0),
      created_at timestamptz not null default clock_timestamp(),
      next_try_at timestamptz not null default clock_timestamp(),
      wakes integer not null default 0,
      woken_at timestamptz,
      ended_at timestamptz,
      reason text check (length(reason) <= 500),
      unique nulls not distinct (alert_id, user_id, channel, step),
      check ((state = 'waiting') = (ended_at is null)),
      check (state not in ('refused', 'given_up') or reason is not null)
    )`.execute(db)
  await sql`comment on column alert_deliveries.user_id is 'to whom it goes; null for the operator’s own chat'`.execute(
    db,
  )
  await sql`comment on column alert_deliveries.step is '0 at once; above it as often as nobody had acknowledged it'`.execute(
    db,
  )
  await sql`comment on column alert_deliveries.next_try_at is
    'not before; while somebody tries, when that try is taken for lost'`.execute(db)
  await sql`create index alert_deliveries_waiting on alert_deliveries (next_try_at) where state = 'waiting'`.execute(
    db,
  )
  await sql`create index alert_deliveries_users on alert_deliveries (user_id)`.execute(db)
  await sql`
    create table alert_settings (
      user_id uuid primary key references auth."user" (id) on delete cascade,
      wishes jsonb not null check (jsonb_typeof(wishes) = 'object'),
      updated_at timestamptz not null default now()
    )`.execute(db)
  await sql`
    create table alert_channels (
      user_id uuid not null references auth."user" (id) on delete cascade,
      channel text not null check (channel in ('email', 'telegram')),
      address_digest bytea not null check (octet_length(address_digest) = 32),
      proven_at timestamptz,
      refused_at timestamptz,
      refusal text check (length(refusal) <= 500),
      primary key (user_id, channel),
      check ((refused_at is null) = (refusal is null))
    )`.execute(db)
  await sql`comment on table alert_channels is
    'what is known of an address: a proof holds for the address it was made with, of which this keeps the SHA-256'`.execute(
    db,
  )
  for (const table of ['alerts', 'alert_deliveries', 'alert_settings', 'alert_channels'])
    await protectTenantTable(db, table)
  // What concerns everybody is the administrators'.
  await sql`
    create policy operator on alerts to bullpen_app
      using (user_id is null and exists (
        select from auth."user" admin where admin.id = current_tenant() and admin.role = 'admin'))
      with check (user_id is null and exists (
        select from auth."user" admin where admin.id = current_tenant() and admin.role = 'admin'))`.execute(
    db,
  )
  await sql`grant select, insert on alerts to bullpen_app`.execute(db)
  await sql`grant update (repeats, repeated_at, is_latest, acknowledged_at, acknowledged_by, route_at) on alerts to bullpen_app`.execute(
    db,
  )
  await sql`grant select on alert_deliveries, alert_channels to bullpen_app`.execute(db)
  await sql`grant select, insert, update on alert_settings to bullpen_app`.execute(db)
  await sql`grant select, insert, update, delete on alerts, alert_deliveries, alert_channels to bullpen_worker`.execute(
    db,
  )
  await sql`grant select on alert_settings to bullpen_worker`.execute(db)
}
