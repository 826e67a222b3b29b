import { type Kysely, sql } from 'kysely'

/**
 * Forces row security on a table with `user_id`: the web role sees the rows of its transaction's tenant only,
 * workers (which act for every tenant) see all. Grants are given apart.
 */
export async function protectTenantTable(db: Kysely<unknown>, table: string): Promise<void> {
  const name = sql.table(table)
  await sql`alter table ${name} enable row level security`.execute(db)
  await sql`alter table ${name} force row level security`.execute(db)
  await sql`create policy tenant on ${name} to bullpen_app
    using (user_id = current_tenant()) with check (user_id = current_tenant())`.execute(db)
  await sql`create policy worker on ${name} to bullpen_worker using (true) with check (true)`.execute(db)
}
