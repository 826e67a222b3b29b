import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { afterAll, inject } from 'vitest'
import { connect, type Db, type RuntimeRole } from '#db/client.ts'

/** A migrated database of its own, and connections to it. */
export interface TestDatabase {
  /** As superuser: for what the runtime roles may not do. */
  readonly url: string
  /** Pools as a runtime role, closed after the file. */
  db(role?: RuntimeRole): Db
  /** One query as superuser. */
  query<T extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<T[]>
}

/** Clones the migrated template for the calling test file; call it in `beforeAll` or at the top of a test. */
export async function testDatabase(): Promise<TestDatabase> {
  const server = inject('postgresUrl')
  const name = `test_${randomUUID().replaceAll('-', '')}`
  const admin = new pg.Client({ connectionString: server })
  await admin.connect()
  await admin.query(`create database ${name} template ${inject('template')} strategy file_copy`)
  await admin.end()
  const url = new URL(server)
  url.pathname = `/${name}`
  const superuser = new pg.Pool({ connectionString: url.href, max: 2 })
  // A test may end every connection to its database, to copy it.
  superuser.on('error', () => {})
  const open: Db[] = []
  afterAll(async () => {
    await Promise.all(open.map((db) => db.destroy()))
    await superuser.end()
  })
  return {
    url: url.href,
    db(role = 'bullpen_worker') {
      const db = connect(url.href, role)
      open.push(db)
      return db
    },
    async query<T extends pg.QueryResultRow>(text: string, values: unknown[] = []) {
      return (await superuser.query<T>(text, values)).rows
    },
  }
}
