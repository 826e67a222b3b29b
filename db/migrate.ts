import { promises as fs, readdirSync } from 'node:fs'
import path from 'node:path'
import { Kysely, PostgresDialect } from 'kysely'
import { FileMigrationProvider, Migrator } from 'kysely/migration'
import pg from 'pg'

/**
 * Brings a database to the newest schema and returns the names of the migrations it applied.
 * Safe to run from many processes at once: the migrator holds an advisory lock. A failed migration throws its own error.
 */
export async function migrate(url: string): Promise<string[]> {
  const db = new Kysely<unknown>({
    dialect: new PostgresDialect({ pool: new pg.Pool({ connectionString: url, max: 1 }) }),
  })
  try {
    const { error, results } = await migratorFor(db).migrateToLatest()
    if (error) throw error
    return (results ?? [])
      .filter((result) => result.status === 'Success')
      .map((result) => result.migrationName)
  } finally {
    await db.destroy()
  }
}

/** Names of migrations this build knows and the database lacks; empty when it is up to date. */
export async function pendingMigrations(db: Kysely<unknown>): Promise<string[]> {
  const migrations = await migratorFor(db).getMigrations()
  return migrations
    .filter((migration) => migration.executedAt === undefined)
    .map((migration) => migration.name)
}

/** The name of the newest migration that this build knows. */
export function newestMigration(): string {
  const names = readdirSync(folder).map((file) => path.parse(file).name)
  return names.sort().at(-1) ?? ''
}

const folder = path.join(import.meta.dirname, 'migrations')

function migratorFor(db: Kysely<unknown>): Migrator {
  return new Migrator({ db, provider: new FileMigrationProvider({ fs, path, migrationFolder: folder }) })
}
