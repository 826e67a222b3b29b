import { type Kysely, sql } from 'kysely'

/** What the operator's strategies say of themselves, so that users see what they choose: their files lie with the workers alone. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table strategies (
      source text primary key check (source like 'strategy:%'),
      timeframe text not null,
      warmup integer not null check (warmup >= 0),
      parameters jsonb not null check (jsonb_typeof(parameters) = 'array'),
      loaded_at timestamptz not null default now()
    )`.execute(db)
  await sql`comment on column strategies.parameters is
    'name, value and meaning of each, as the file that was loaded last has them'`.execute(db)
  await sql`grant select on strategies to bullpen_app`.execute(db)
  await sql`grant select, insert, update on strategies to bullpen_worker`.execute(db)
}
