import { type Kysely, sql } from 'kysely'

/** What reconciliation with the venue knows of an account, and which database the account was last seen in. */
export async function up(db: Kysely<unknown>): Promise<void> {
  // A database that was restored under a new name, or that went on from an older state, is another one.
  await sql`
    create function this_database() returns text language plpgsql stable as $fn$
    declare
      name text := (select oid::text from pg_database where datname = current_database());
    begin
      return name || '.' || (select timeline_id from pg_control_checkpoint());
    exception when insufficient_privilege then
      return name || '.0';
    end $fn$`.execute(db)
  await sql`
    alter table accounts
      add column must_reconcile boolean not null default false,
      add column reconciled_at timestamptz,
      add column stale_since timestamptz,
      add column restored_at timestamptz,
      add column seen_in text not null default this_database(),
      add column doubts jsonb not null default '{}' check (jsonb_typeof(doubts) = 'object'),
      add column external jsonb not null default '{}' check (jsonb_typeof(external) = 'object')`.execute(db)
  await sql`comment on column accounts.must_reconcile is
    'no entry is sent before the account was compared with its venue: set when the cluster starts and after a restore'`.execute(
    db,
  )
  await sql`comment on column accounts.stale_since is 'since when the venue''s report could not be believed'`.execute(
    db,
  )
  await sql`comment on column accounts.doubts is 'differences that were seen once: a second look, later, confirms them'`.execute(
    db,
  )
  await sql`comment on column accounts.external is 'what the user has at the venue beside this program: shown, never touched'`.execute(
    db,
  )
}
