import { type Kysely, sql } from 'kysely'
import { protectTenantTable } from '../tenant-table.ts'

/** What an account's last look at an entry knew: from it the dashboard says what a change of settings does to the next one. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table entry_examples (
      account_id uuid primary key,
      user_id uuid not null,
      at timestamptz not null default now(),
      market_at timestamptz not null,
      was_sized boolean not null,
      input jsonb not null check (jsonb_typeof(input) = 'object'),
      foreign key (account_id, user_id) references accounts (id, user_id) on delete cascade
    )`.execute(db)
  await sql`comment on column entry_examples.input is
    'the input of the decision, without the settings and the history, which are read where they are needed'`.execute(
    db,
  )
  await protectTenantTable(db, 'entry_examples')
  await sql`grant select on entry_examples to bullpen_app`.execute(db)
  await sql`grant select, insert, update on entry_examples to bullpen_worker`.execute(db)
}
