import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { testDatabase } from '../support/database.ts'

test('a connection lost between two queries of a transaction fails that transaction, and nothing else', async () => {
  const database = await testDatabase()
  const db = database.db()
  const lost = db.transaction().execute(async (tx) => {
    const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(tx)
    await database.query('select pg_terminate_backend($1)', [rows[0]?.pid])
    // Nobody has a query on it while it ends: an error event that nobody hears would end the process.
    await new Promise((resolve) => setTimeout(resolve, 200))
    await sql`select 1`.execute(tx)
  })
  await expect(lost).rejects.toThrow()
  expect((await sql<{ one: number }>`select 1 as one`.execute(db)).rows).toEqual([{ one: 1 }])
})
