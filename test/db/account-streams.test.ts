import { expect, test } from 'vitest'
import { heardAccounts, leaseStreams, noteStream, releaseStreams } from '#db/account-streams.ts'
import { testDatabase } from '#test/support/database.ts'
import { addTenant } from '#test/support/tenant.ts'

const database = await testDatabase()
const db = database.db('bullpen_worker')
const accounts: string[] = []
for (const name of ['a', 'b', 'c', 'd', 'e']) accounts.push((await addTenant(database, { name })).accountId)
const [first = ''] = accounts
const lease = (workerId: string, most: number, leaseMs = 60_000) =>
  leaseStreams(db, { workerId, most, leaseMs })

test('workers divide the accounts, each has one, and the dead are followed', async () => {
  const [one, two] = await Promise.all([lease('one', 3), lease('two', 3)])
  expect(one.length + two.length).toBeLessThanOrEqual(5)
  await Promise.all([lease('one', 3), lease('two', 3)])
  const held = [...(await lease('one', 3)), ...(await lease('two', 3))]
  expect(held.toSorted()).toEqual(accounts.toSorted())

  await database.query(
    `update account_streams set lease_until = now() - interval '1 s' where worker_id = 'two'`,
  )
  expect((await lease('one', 5)).toSorted()).toEqual(accounts.toSorted())
  expect(await lease('two', 5)).toEqual([])
  await releaseStreams(db, 'one')
})

test('a worker lets go of what is beyond its share', async () => {
  expect(await lease('one', 5)).toHaveLength(5)
  expect(await lease('one', 2)).toHaveLength(2)
  expect(await lease('two', 5)).toHaveLength(3)
  await Promise.all([releaseStreams(db, 'one'), releaseStreams(db, 'two')])
})

test('an account is heard while its holder says so and lives, and no other says so for it', async () => {
  await lease('one', 5)
  await noteStream(db, { accountId: first, workerId: 'two', isWhole: true })
  expect(await heardAccounts(db)).toEqual(new Set())
  await noteStream(db, { accountId: first, workerId: 'one', isWhole: true })
  expect(await heardAccounts(db)).toEqual(new Set([first]))
  await lease('one', 5)
  expect(await heardAccounts(db)).toEqual(new Set([first]))

  await database.query(`update account_streams set lease_until = now() - interval '1 s'`)
  expect(await heardAccounts(db)).toEqual(new Set())
  await lease('two', 5)
  expect(await heardAccounts(db)).toEqual(new Set())
  await noteStream(db, { accountId: first, workerId: 'two', isWhole: true })
  await noteStream(db, { accountId: first, workerId: 'two', isWhole: false })
  expect(await heardAccounts(db)).toEqual(new Set())
})
