import { type Kysely, sql } from 'kysely'
import { protectTenantTable } from '../tenant-table.ts'

/**
 * Which chat is whose; the codes that link one, once; what a chat was asked to confirm; and which updates of the bot were
 * answered, so that none is answered twice.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table telegram_links (
      user_id uuid primary key references auth."user" (id) on delete cascade,
      chat_id bigint not null unique check (chat_id > 0),
      name text not null check (length(name) <= 100),
      linked_at timestamptz not null default now()
    )`.execute(db)
  await sql`comment on column telegram_links.chat_id is 'a chat with one person: those of groups are negative'`.execute(
    db,
  )
  await sql`
    create table telegram_codes (
      digest bytea primary key check (octet_length(digest) = 32),
      user_id uuid not null references auth."user" (id) on delete cascade,
      expires_at timestamptz not null,
      used_at timestamptz
    )`.execute(db)
  await sql`comment on column telegram_codes.digest is 'SHA-256 of the code; the code itself is nowhere'`.execute(
    db,
  )
  await sql`create index telegram_codes_users on telegram_codes (user_id)`.execute(db)
  await sql`
    create table telegram_questions (
      id uuid primary key default gen_random_uuid(),
      user_id uuid not null references auth."user" (id) on delete cascade,
      chat_id bigint not null,
      action text not null check (action in ('close', 'close-all')),
      target text,
      expires_at timestamptz not null,
      answered_at timestamptz,
      check ((action = 'close') = (target is not null))
    )`.execute(db)
  await sql`create index telegram_questions_users on telegram_questions (user_id)`.execute(db)
  for (const table of ['telegram_links', 'telegram_codes', 'telegram_questions'])
    await protectTenantTable(db, table)
  await sql`
    create table telegram_updates (
      update_id bigint primary key,
      taken_at timestamptz not null default now()
    )`.execute(db)
  await sql`grant select, delete on telegram_links to bullpen_app`.execute(db)
  await sql`grant select, insert, delete on telegram_codes to bullpen_app`.execute(db)
  await sql`grant select on telegram_questions to bullpen_app`.execute(db)
  await sql`grant select, insert, update, delete on telegram_links, telegram_codes, telegram_questions, telegram_updates
    to bullpen_worker`.execute(db)
}
