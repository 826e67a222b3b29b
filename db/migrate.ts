import { promises as fs, readdirSync } from 'node:fs'
import path from 'node:path'
import { Kysely, PostgresDialect, sql } from 'kysely'
import { FileMigrationProvider, Migrator } from 'kysely/migration'
import pg from 'pg'
import { UserError } from '#src/errors.ts'

/**
 * Brings a database to the newest schema, or an empty one to an earlier migration, and returns the names of those it applied.
 * Safe to run from many processes at once: the migrator holds an advisory lock. A failed migration throws its own error.
 * @throws UserError when the database has an `auth` of somebody else's.
 */
export async function migrate(url: string, to?: string): Promise<string[]> {
  const db = new Kysely<unknown>({
    dialect: new PostgresDialect({ pool: new pg.Pool({ connectionString: url, max: 1 }) }),
  })
  try {
    await requireOwnAuth(db)
    const migrator = migratorFor(db)
    const { error, results } = await (to === undefined ? migrator.migrateToLatest() : migrator.migrateTo(to))
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

/** The names of all migrations that this build knows, in order. */
export function knownMigrations(): string[] {
  return readdirSync(folder)
    .map((file) => path.parse(file).name)
    .sort()
}

/** The name of the newest of them. */
export function newestMigration(): string {
  return knownMigrations().at(-1) ?? ''
}

/** Supabase keeps its own users in a schema of this name, in the database that a project begins with. */
async function requireOwnAuth(db: Kysely<unknown>): Promise<void> {
  const { rows } = await sql<{ foreign: boolean }>`
    select to_regnamespace('auth') is not null and to_regclass('public.kysely_migration') is null as foreign`.execute(
    db,
  )
  if (rows[0]?.foreign)
    throw new UserError(
      'this database has a schema auth that is not Bullpen’s: make one for Bullpen alone (create database bullpen) and name it in DATABASE_URL',
    )
}

const folder = path.join(import.meta.dirname, 'migrations')

function migratorFor(db: Kysely<unknown>): Migrator {
  return new Migrator({ db, provider: new FileMigrationProvider({ fs, path, migrationFolder: folder }) })
}
