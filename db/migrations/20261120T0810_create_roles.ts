import { type Kysely, sql } from 'kysely'

/** The two runtime roles. Neither owns a table nor bypasses row security; the migrating role may become either. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const role of ['bullpen_app', 'bullpen_worker']) {
    // Roles belong to the whole cluster: another database, or another migrator, may have made them already.
    await sql`
      do $do$ begin
        if not exists (select from pg_roles where rolname = ${sql.lit(role)}) then
          create role ${sql.ref(role)} nologin nosuperuser nobypassrls;
        end if;
      exception when duplicate_object or unique_violation then null;
      end $do$`.execute(db)
    await sql`
      do $do$ begin
        if not pg_has_role(current_user, ${sql.lit(role)}, 'set') then
          execute format('grant %I to %I', ${sql.lit(role)}, current_user);
        end if;
      end $do$`.execute(db)
  }
  await sql`grant usage on schema public to bullpen_app, bullpen_worker`.execute(db)
  // The tenant of the current transaction; null, and therefore no row at all, when none was set.
  await sql`
    create function current_tenant() returns uuid language sql stable parallel safe
    return nullif(current_setting('app.user_id', true), '')::uuid`.execute(db)
}
