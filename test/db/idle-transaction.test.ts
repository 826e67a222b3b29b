import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { setHalt } from '#db/halts.ts'
import { takeTurn } from '#db/turn.ts'
import { testDatabase } from '#test/support/database.ts'

const database = await testDatabase()
const db = database.db()

test('a transaction that stands still is ended, and what it held does not keep a halt waiting', async () => {
  const { rows } = await sql<{ limit: string }>`
    select current_setting('idle_in_transaction_session_timeout') as limit`.execute(db)
  expect(rows).toEqual([{ limit: '10s' }])

  const { promise: halted, resolve } = Promise.withResolvers<void>()
  const frozen = db.transaction().execute(async (tx) => {
    await sql`select set_config('idle_in_transaction_session_timeout', '300', true)`.execute(tx)
    await sql`select key from halts where scope = 'global' for share`.execute(tx)
    await halted
    await sql`select 1`.execute(tx)
  })
  const refused = expect(frozen).rejects.toThrow()
  const place = { scope: 'global', key: '*' } as const
  expect(await setHalt(db, { ...place, mode: 'no_entries', reason: 'test', setBy: 'test' })).toBeTruthy()
  resolve()
  await refused
})

test('one has the turn, and may be silent for longer', async () => {
  await db.transaction().execute(async (tx) => {
    expect(await takeTurn(tx, 7, 'a')).toBe(true)
    const { rows } = await sql<{ limit: string }>`
      select current_setting('idle_in_transaction_session_timeout') as limit`.execute(tx)
    expect(rows).toEqual([{ limit: '1min' }])
    await db.transaction().execute(async (other) => {
      expect(await takeTurn(other, 7, 'a')).toBe(false)
      expect(await takeTurn(other, 7, 'b')).toBe(true)
    })
  })
  await db.transaction().execute(async (tx) => expect(await takeTurn(tx, 7, 'a')).toBe(true))
})
