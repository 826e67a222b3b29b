import { type Kysely, sql } from 'kysely'

/** A worker that takes too much memory is asked to leave, one that fell silent is told of once, and builds are told apart. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table workers
      add column schema text,
      add column build text,
      add column leave_asked_at timestamptz,
      add column leave_reason text,
      add column silence_told_at timestamptz,
      add constraint workers_leave_check check ((leave_asked_at is null) = (leave_reason is null))`.execute(
    db,
  )
  await sql`comment on column workers.build is 'a digest of its program'`.execute(db)
  await sql`comment on column workers.schema is 'the newest migration that its build knows'`.execute(db)
}
