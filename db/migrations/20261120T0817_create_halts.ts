import { type Kysely, sql } from 'kysely'

/** Halts: every scope always has its row, so that setting one is an update that waits for the claims that read it. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table halts (
      scope text not null check (scope in ('global', 'exchange', 'user', 'account', 'symbol')),
      key text not null,
      user_id uuid references auth."user" (id) on delete cascade,
      mode text not null default 'none' check (mode in ('none', 'no_entries', 'flatten')),
      reason text,
      set_by text,
      set_at timestamptz not null default now(),
      primary key (scope, key)
    )`.execute(db)
  await sql`insert into halts (scope, key) values ('global', '*'), ('exchange', 'binance'), ('exchange', 'kraken'),
    ('exchange', 'bybit'), ('exchange', 'okx'), ('exchange', 'bitget')`.execute(db)
  await sql`
    create function add_account_halts() returns trigger language plpgsql security definer set search_path = public as $fn$
    begin
      insert into halts (scope, key, user_id) values ('user', new.user_id::text, new.user_id), ('account', new.id::text, new.user_id)
        on conflict do nothing;
      return new;
    end $fn$`.execute(db)
  await sql`create trigger add_account_halts after insert on accounts for each row execute function add_account_halts()`.execute(
    db,
  )
  await sql`alter table halts enable row level security`.execute(db)
  await sql`create policy tenant_read on halts for select to bullpen_app
    using (current_tenant() is not null and (user_id is null or user_id = current_tenant()))`.execute(db)
  await sql`create policy tenant_write on halts for update to bullpen_app
    using (user_id = current_tenant()) with check (user_id = current_tenant())`.execute(db)
  await sql`create policy worker on halts to bullpen_worker using (true) with check (true)`.execute(db)
  await sql`grant select, update on halts to bullpen_app`.execute(db)
  await sql`grant select, insert, update on halts to bullpen_worker`.execute(db)
}
