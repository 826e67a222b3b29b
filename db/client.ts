import { Kysely, PostgresDialect, sql } from 'kysely'
import pg from 'pg'
import { SteadyClient } from '#src/steady-client.ts'
import type { DB } from './database.ts'

/** The database, or a transaction of it: repositories take either, and only callers begin transactions. */
export type Db = Kysely<DB>

/** The roles the program runs as; neither can bypass row security. */
export type RuntimeRole = 'bullpen_app' | 'bullpen_worker'

/**
 * No transaction here waits for a network in its middle, but for the few that say so. One that does is of a process that is
 * frozen, or of a machine that is gone: what it has locked is let go of after this, and halts and orders go on.
 */
const idleInTransactionMs = 10_000

/** Connects as a runtime role. `max` is the pool's size. Close it with `db.destroy()`. */
export function connect(url: string, role: RuntimeRole, { max = 10 }: { max?: number } = {}): Db {
  const pool = new pg.Pool({
    connectionString: url,
    max,
    Client: SteadyClient,
    application_name: `bullpen ${role}`,
    connectionTimeoutMillis: 5_000,
    // By statements, for poolers drop or refuse what stands in the options of a start: that would leave it the owner's rights.
    onConnect: async (client) => {
      await client.query(`set role ${role}; set idle_in_transaction_session_timeout = ${idleInTransactionMs}`)
    },
  })
  // An idle connection that the server ended is replaced at the next query; without a listener it would end the process.
  pool.on('error', () => {})
  return new Kysely<DB>({ dialect: new PostgresDialect({ pool }) })
}

/** Runs `work` in a transaction: in the given one, or in one of its own. */
export function inTransaction<T>(db: Db, work: (tx: Db) => Promise<T>): Promise<T> {
  return db.isTransaction ? work(db) : db.transaction().execute(work)
}

/** Runs `work` in a transaction whose rows are those of one tenant, as row security sees them. */
export function asTenant<T>(db: Db, userId: string, work: (db: Db) => Promise<T>): Promise<T> {
  return db.transaction().execute(async (tx) => {
    await sql`select set_config('app.user_id', ${userId}, true)`.execute(tx)
    return work(tx)
  })
}

/**
 * Goes on with a tenant's transaction among another tenant's rows, then comes back: for what an administrator does to
 * somebody's sign-in, and for nothing that trades.
 */
export async function onBehalfOf<T>(tx: Db, userId: string, work: () => Promise<T>): Promise<T> {
  const { rows } = await sql<{ own: string | null }>`
    select current_setting('app.user_id', true) as own, set_config('app.user_id', ${userId}, true)`.execute(
    tx,
  )
  const result = await work()
  await sql`select set_config('app.user_id', ${rows[0]?.own ?? ''}, true)`.execute(tx)
  return result
}
