import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { connect } from '#db/client.ts'
import { takeSigningTurn } from '#db/key-nonces.ts'
import { testDatabase } from '#test/support/database.ts'
import { addTenant } from '#test/support/tenant.ts'

const database = await testDatabase()

/** A venue that notes the numbers in the order in which they arrive, each after a while on the way. */
function venue() {
  const seen: number[] = []
  return {
    seen,
    async ask(number: number, lagMs: number) {
      await sleep(lagMs)
      seen.push(number)
    },
  }
}

function isIncreasing(numbers: readonly number[]): boolean {
  return numbers.every((number, at) => at === 0 || number > (numbers[at - 1] ?? 0))
}

test('many processes that sign with one key reach the venue with ever greater numbers', async () => {
  const { accountId } = await addTenant(database, { name: 'many' })
  const { seen, ask } = venue()
  const processes = [database.db('bullpen_worker'), connect(database.url, 'bullpen_worker', { max: 4 })]
  await Promise.all(
    Array.from({ length: 24 }, async (_, index) => {
      const turn = await takeSigningTurn(processes[index % 2] ?? database.db('bullpen_worker'), accountId)
      for (let question = 0; question <= index % 3; question += 1) await ask(turn.next(), (index * 7) % 5)
      await turn.end()
    }),
  )
  await processes[1]?.destroy()
  expect(seen).toHaveLength(48)
  expect(isIncreasing(seen)).toBe(true)
})

test('a number that was lost with its process is overtaken, and its turn is free', async () => {
  const { accountId } = await addTenant(database, { name: 'lost' })
  const dying = connect(database.url, 'bullpen_worker', { max: 1 })
  const turn = await takeSigningTurn(dying, accountId)
  const lost = turn.next()
  await database.query(`select pg_terminate_backend(pid) from pg_stat_activity
    where state = 'idle in transaction' and datname = current_database()`)
  const next = await takeSigningTurn(database.db('bullpen_worker'), accountId)
  expect(next.next()).toBeGreaterThan(lost)
  await next.end()
  await turn.end()
  await dying.destroy()
})

test('a clock that went back does not bring a number back', async () => {
  const { accountId } = await addTenant(database, { name: 'back' })
  const ahead = 9e15
  await database.query('insert into key_nonces (account_id, last) values ($1, $2)', [accountId, ahead])
  const first = await takeSigningTurn(database.db('bullpen_worker'), accountId)
  const numbers = [first.next(), first.next()]
  await first.end()
  const second = await takeSigningTurn(database.db('bullpen_worker'), accountId)
  expect(isIncreasing([ahead, ...numbers, second.next()])).toBe(true)
  await second.end()
})

test('two accounts do not wait for each other', async () => {
  const [one, two] = [await addTenant(database, { name: 'one' }), await addTenant(database, { name: 'two' })]
  const held = await takeSigningTurn(database.db('bullpen_worker'), one.accountId)
  const other = await takeSigningTurn(database.db('bullpen_worker'), two.accountId)
  expect(other.next()).toBeGreaterThan(0)
  await other.end()
  await held.end()
})

test('in a transaction of the caller it is that one’s turn', async () => {
  const { accountId } = await addTenant(database, { name: 'within' })
  const numbers = await database
    .db('bullpen_worker')
    .transaction()
    .execute(async (tx) => {
      const first = await takeSigningTurn(tx, accountId)
      const one = first.next()
      await first.end()
      const second = await takeSigningTurn(tx, accountId)
      return [one, second.next()]
    })
  expect(isIncreasing(numbers)).toBe(true)
})
