import { type Kysely, sql } from 'kysely'
import { protectTenantTable } from '../tenant-table.ts'

/** A second factor, when a session was proven, tokens for programs, invitations, lost passwords, and who guesses. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of ofTheLibrary) await sql.raw(statement).execute(db)
  // Asked anew by every statement, so that a role that was taken away opens nothing any more.
  await sql`
    create function acts_as_admin() returns boolean language sql stable security definer set search_path = pg_catalog
    begin atomic
      select exists (
        select from auth."user" where id = public.current_tenant() and role = 'admin' and banned is not true
      );
    end`.execute(db)
  await createTokens(db)
  await createInvitations(db)
  await createResets(db)
  await sql`
    create table sign_in_failures (
      key text primary key,
      failures integer not null check (failures > 0),
      failed_at timestamptz not null,
      locked_until timestamptz not null
    )`.execute(db)
  await sql`comment on column sign_in_failures.key is
    'whom the guesses are about and from where: digests, so that nobody reads addresses here'`.execute(db)
  await sql`grant select, insert, update, delete on sign_in_failures to bullpen_app`.execute(db)
}

/** What the sign-in library expects; a test compares. */
const ofTheLibrary = [
  `alter table auth."user" add column "twoFactorEnabled" boolean`,
  `alter table auth."session" add column "provenAt" timestamptz`,
  `create table auth."twoFactor" ("id" uuid default pg_catalog.gen_random_uuid() not null primary key, "secret" text not null, "backupCodes" text not null, "userId" uuid not null unique references auth."user" ("id") on delete cascade, "verified" boolean, "failedVerificationCount" integer, "lockedUntil" timestamptz)`,
  `grant select, insert, update, delete on auth."twoFactor" to bullpen_app`,
]

async function createTokens(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table api_tokens (
      id uuid primary key default gen_random_uuid(),
      user_id uuid not null references auth."user" (id) on delete cascade,
      name text not null check (length(name) between 1 and 60),
      digest bytea not null unique check (octet_length(digest) = 32),
      hint text not null,
      scopes text[] not null
        check (cardinality(scopes) > 0 and scopes <@ array['read', 'trade', 'manage', 'admin']),
      created_at timestamptz not null default now(),
      expires_at timestamptz not null check (expires_at > created_at),
      last_used_at timestamptz,
      revoked_at timestamptz
    )`.execute(db)
  await sql`comment on column api_tokens.digest is 'SHA-256 of the token; the token itself is nowhere'`.execute(
    db,
  )
  await sql`create unique index api_tokens_name on api_tokens (user_id, name) where revoked_at is null`.execute(
    db,
  )
  await protectTenantTable(db, 'api_tokens')
  // Who comes with a token has no session: a transaction that knows its digest sees it, and no other.
  await sql`
    create policy by_token on api_tokens for select to bullpen_app
      using (digest = decode(nullif(current_setting('app.token_digest', true), ''), 'hex'))`.execute(db)
  await sql`grant select, insert on api_tokens to bullpen_app`.execute(db)
  await sql`grant update (last_used_at, revoked_at) on api_tokens to bullpen_app`.execute(db)
}

async function createInvitations(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table user_invitations (
      id uuid primary key default gen_random_uuid(),
      email text not null check (email = lower(email)),
      role text not null check (role in ('user', 'admin')),
      digest bytea not null unique check (octet_length(digest) = 32),
      invited_by uuid references auth."user" (id) on delete set null,
      created_at timestamptz not null default now(),
      expires_at timestamptz not null check (expires_at > created_at),
      accepted_at timestamptz,
      accepted_by uuid references auth."user" (id) on delete set null,
      revoked_at timestamptz,
      check (accepted_at is null or revoked_at is null)
    )`.execute(db)
  await sql`
    create unique index user_invitations_pending on user_invitations (email)
      where accepted_at is null and revoked_at is null`.execute(db)
  await sql`alter table user_invitations enable row level security`.execute(db)
  await sql`alter table user_invitations force row level security`.execute(db)
  await sql`
    create policy admin on user_invitations to bullpen_app using (acts_as_admin()) with check (acts_as_admin())`.execute(
    db,
  )
  // Who is invited has no session: a transaction that knows a token sees its invitation, and no other.
  await sql`
    create policy by_token on user_invitations to bullpen_app
      using (digest = decode(nullif(current_setting('app.token_digest', true), ''), 'hex'))`.execute(db)
  await sql`grant select, insert on user_invitations to bullpen_app`.execute(db)
  await sql`grant update (accepted_at, accepted_by, revoked_at) on user_invitations to bullpen_app`.execute(
    db,
  )
}

async function createResets(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table password_resets (
      id uuid primary key default gen_random_uuid(),
      user_id uuid not null references auth."user" (id) on delete cascade,
      digest bytea not null unique check (octet_length(digest) = 32),
      created_at timestamptz not null default now(),
      expires_at timestamptz not null check (expires_at > created_at),
      used_at timestamptz
    )`.execute(db)
  await protectTenantTable(db, 'password_resets')
  await sql`
    create policy by_token on password_resets to bullpen_app
      using (digest = decode(nullif(current_setting('app.token_digest', true), ''), 'hex'))`.execute(db)
  await sql`grant select, insert on password_resets to bullpen_app, bullpen_worker`.execute(db)
  await sql`grant update (used_at) on password_resets to bullpen_app, bullpen_worker`.execute(db)
}
