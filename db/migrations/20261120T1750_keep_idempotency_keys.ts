import { type Kysely, sql } from 'kysely'
import { protectTenantTable } from '../tenant-table.ts'

/**
 * A program that lost an answer asks again under the same Idempotency-Key and gets the answer of the first time. The key and
 * the answer are written in the transaction of what was done, so neither is there without the other.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table idempotency_keys (
      user_id uuid not null references auth."user" (id) on delete cascade,
      key text not null,
      request_hash bytea not null check (octet_length(request_hash) = 32),
      status integer,
      answer text,
      created_at timestamptz not null default clock_timestamp(),
      primary key (user_id, key),
      check (length(key) between 1 and 128)
    )`.execute(db)
  await sql`comment on column idempotency_keys.answer is 'null when it held a secret, which is shown once alone'`.execute(
    db,
  )
  await sql`create index idempotency_keys_age on idempotency_keys (created_at)`.execute(db)
  await protectTenantTable(db, 'idempotency_keys')
  await sql`grant select, insert, update on idempotency_keys to bullpen_app`.execute(db)
  await sql`grant select, delete on idempotency_keys to bullpen_worker`.execute(db)
}
