import type { Kysely } from 'kysely'
import type { Db, RuntimeRole } from '#db/client.ts'
import { type ConnectedConfig, readConfig } from '../config.ts'
import { connected } from '../database/connected.ts'
import { systemCode, UserError } from '../errors.ts'

/**
 * Runs a command's work on the database as a runtime role.
 * @throws UserError when the work failed because migrations are missing.
 */
export async function withDatabase<T>(
  command: string,
  role: RuntimeRole,
  work: (db: Db, config: ConnectedConfig) => Promise<T>,
): Promise<T> {
  const { connect } = await import('#db/client.ts')
  return connected(readConfig(), command, async (config) => {
    const db = connect(config.databaseUrl, role, { max: 3 })
    try {
      return await work(db, config)
    } catch (error) {
      if (!isAboutSchema(error) || !(await isBehind(config.databaseUrl))) throw error
      throw new UserError('the database is not up to date: npx bullpen migrate', { cause: error })
    } finally {
      await db.destroy()
    }
  })
}

/** Class 42: a table or column that is not there; 22023: the role that migrations make. */
function isAboutSchema(error: unknown): boolean {
  const code = systemCode(error) ?? ''
  return code.startsWith('42') || code === '22023'
}

async function isBehind(url: string): Promise<boolean> {
  const { default: pg } = await import('pg')
  const { Kysely, PostgresDialect } = await import('kysely')
  const { pendingMigrations } = await import('#db/migrate.ts')
  const pool = new pg.Pool({ connectionString: url, max: 1 })
  const owner: Kysely<unknown> = new Kysely({ dialect: new PostgresDialect({ pool }) })
  try {
    return (await pendingMigrations(owner)).length > 0
  } finally {
    await owner.destroy()
  }
}
