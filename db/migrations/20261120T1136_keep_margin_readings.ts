import { type Kysely, sql } from 'kysely'

/** What the venue last said of an account's margin, which every worker judges liquidation by between two askings. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table accounts
      add column margin jsonb check (jsonb_typeof(margin) = 'object'),
      add column margin_asked_at timestamptz,
      add column margin_warned_at timestamptz`.execute(db)
  await sql`comment on column accounts.margin is
    'the venue''s last word on margin, with the prices at which it was read; null on spot and before the first reading'`.execute(
    db,
  )
  await sql`comment on column accounts.margin_warned_at is
    'when the user was last warned of a liquidation: at most once per 15 min'`.execute(db)
}
