import { type Kysely, sql } from 'kysely'

/** What all workers know of a source that may be away, and what a language model has cost each day. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table source_health (
      source text primary key,
      failures integer not null default 0 check (failures >= 0),
      retry_at timestamptz,
      answered_at timestamptz,
      reason text,
      updated_at timestamptz not null default now(),
      check ((failures = 0) = (reason is null))
    )`.execute(db)
  await sql`comment on column source_health.retry_at is
    'while it lies ahead the circuit is open: nobody asks the source'`.execute(db)
  await sql`
    create table model_spending (
      day date primary key,
      tokens bigint not null check (tokens >= 0),
      usd numeric not null check (usd >= 0)
    )`.execute(db)
  await sql`comment on table model_spending is
    'by UTC day: what questions to the language model cost, each booked at its most until its answer says how much it was'`.execute(
    db,
  )
  await sql`grant select, insert, update, delete on source_health, model_spending to bullpen_worker`.execute(
    db,
  )
  await sql`grant select on source_health to bullpen_app`.execute(db)
}
