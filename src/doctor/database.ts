import { type Kysely, sql } from 'kysely'
import type { Db } from '#db/client.ts'
import { pendingMigrations } from '#db/migrate.ts'
import { type Check, Ill } from './check.ts'

const allowedSkewMs = 2_000

/** The database answers, is recent enough and has every migration; `owner` is connected as the migrating role. */
export function databaseChecks(owner: Kysely<unknown>, runtime: { app: Db; worker: Db }): Check[] {
  return [
    { id: 'database', examine: () => version(owner) },
    { id: 'migrations', examine: () => migrations(owner) },
    { id: 'roles', examine: () => roles(runtime) },
    { id: 'clocks', examine: () => clocks(runtime.worker) },
  ]
}

async function version(owner: Kysely<unknown>): Promise<string> {
  const { rows } = await sql<{ version: string; mb: number }>`
    select current_setting('server_version') as version, pg_database_size(current_database()) / 1000000.0::double precision as mb`.execute(
    owner,
  )
  const { version, mb } = rows[0] ?? { version: '?', mb: 0 }
  return `PostgreSQL ${version}, ${Math.round(mb)} MB`
}

async function migrations(owner: Kysely<unknown>): Promise<string> {
  const missing = await pendingMigrations(owner)
  if (missing.length > 0) throw new Ill(`missing: ${missing.join(', ')}`, 'Run `npx bullpen migrate`.')
  return 'the schema is up to date'
}

/** Neither runtime role may step over row security: tested by asking, not by reading names. */
async function roles({ app, worker }: { app: Db; worker: Db }): Promise<string> {
  for (const db of [app, worker]) {
    const { rows } = await sql<{ name: string; bypass: boolean }>`
      select current_user as name, rolsuper or rolbypassrls as bypass from pg_roles where rolname = current_user`.execute(
      db,
    )
    const role = rows[0]
    if (role?.bypass)
      throw new Ill(`${role.name} can bypass row security`, `alter role ${role.name} nosuperuser nobypassrls`)
  }
  const seen = await app.selectFrom('accounts').select('id').limit(1).execute()
  if (seen.length > 0)
    throw new Ill(
      'the web role sees accounts without a tenant',
      'Row security is off on accounts: run `npx bullpen migrate`.',
    )
  return 'bullpen_app and bullpen_worker are held by row security'
}

async function clocks(db: Db): Promise<string> {
  const beforeMs = Date.now()
  const { rows } = await sql<{ now: Date }>`select clock_timestamp() as now`.execute(db)
  const middleMs = (beforeMs + Date.now()) / 2
  const skewMs = Math.round((rows[0]?.now.getTime() ?? 0) - middleMs)
  if (Math.abs(skewMs) > allowedSkewMs)
    throw new Ill(`this clock is ${skewMs} ms away from the database's`, 'Set both by NTP.')
  return `${Math.abs(skewMs)} ms apart from the database`
}
