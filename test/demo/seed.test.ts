import { statSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { accountsOf } from '#db/accounts.ts'
import type { Db } from '#db/client.ts'
import { ledgerBalances } from '#db/ledger.ts'
import { findSettings, saveSettings } from '#db/trading-settings.ts'
import { allUsers, findUserByEmail } from '#db/users.ts'
import { type ConnectedConfig, readConfig } from '#src/config.ts'
import { keepSignIns, readSignIns } from '#src/demo/kept-sign-ins.ts'
import { seedDemo } from '#src/demo/seed.ts'
import { startSimulator } from '#src/simulator/simulator.ts'
import { syntheticTape } from '#src/simulator/tape/synthetic.ts'
import { createUser, isPasswordOf } from '#src/web/sign-in.ts'
import { newFolder } from '../simulator/support/csv.ts'
import { type TestDatabase, testDatabase } from '../support/database.ts'

const simulator = await startSimulator({ tape: syntheticTape(7, Date.now()) })
afterAll(() => simulator.stop())
const emails = ['spot@bullpen.test', 'futures@bullpen.test']
const password = 'correct horse battery'

let database: TestDatabase
let app: Db
let db: Db
let config: ConnectedConfig

beforeEach(async () => {
  database = await testDatabase()
  app = database.db('bullpen_app')
  db = database.db()
  config = {
    ...readConfig({}),
    bullpenHome: newFolder(),
    databaseUrl: database.url,
    queueUrl: database.url,
    simulatorUrl: simulator.url,
    secretKey: 's'.repeat(32),
  }
})

const everybody = async () => (await allUsers(app)).map(({ email }) => email)
const fileOf = ({ bullpenHome }: ConnectedConfig) => path.join(bullpenHome, 'demo-sign-in.json')

/** That the demo is whole: two users who sign in as told, each with an account and open books. */
async function expectWhole(signIns: Awaited<ReturnType<typeof seedDemo>>): Promise<void> {
  expect(await everybody()).toEqual(emails)
  expect(signIns.map(({ email, role }) => [email, role])).toEqual([
    [emails[0], 'admin'],
    [emails[1], 'user'],
  ])
  for (const [index, { email, password: told }] of signIns.entries()) {
    const user = await findUserByEmail(app, email)
    expect(await isPasswordOf(app, user?.id ?? '', told ?? '')).toBe(true)
    const accounts = await accountsOf(db, user?.id ?? '')
    expect(accounts).toEqual([
      expect.objectContaining({
        market: ['spot', 'futures'][index],
        mode: 'paper',
        status: 'active',
        quote: 'USDT',
      }),
    ])
    const [[currency, amount] = []] = await ledgerBalances(db, accounts[0]?.id ?? '')
    expect([currency, Number(amount)]).toEqual(['USDT', 10_000])
    const { user: settings } = await findSettings(db, user?.id ?? '', accounts[0]?.id ?? '')
    expect(settings).toEqual({ profile: ['ase', 'pro'][index] })
  }
}

describe('an installation of somebody’s own is left alone', () => {
  test('without a word about a demo', async () => {
    await createUser(app, { email: 'ada@example.test', password, name: 'Ada', role: 'admin' })
    expect(await seedDemo(config)).toEqual([])
    expect(await everybody()).toEqual(['ada@example.test'])
    expect(() => statSync(fileOf(config))).toThrow('ENOENT')
  })

  test('also in a folder where a demo of another database has been', async () => {
    keepSignIns(config.bullpenHome, [{ email: emails[0] ?? '', role: 'admin', password }])
    await createUser(app, { email: 'ada@example.test', password, name: 'Ada', role: 'admin' })
    expect(await seedDemo(config)).toEqual([])
    expect(await everybody()).toEqual(['ada@example.test'])
  })
})

test('a file of sign-ins that was cut off is no demo', async () => {
  keepSignIns(config.bullpenHome, [{ email: 'half', role: 'root' as 'user', password }])
  expect(readSignIns(config.bullpenHome)).toEqual([])
  await expectWhole(await seedDemo(config))
})

test('interrupted before, between and after its users, it is completed by the next start with the same passwords', async () => {
  const dead = { ...config, simulatorUrl: 'http://127.0.0.1:1' }
  await expect(seedDemo(dead)).rejects.toThrow('the simulator at http://127.0.0.1:1 does not answer')
  expect(await everybody()).toEqual(emails.slice(0, 1)) // the user is made, the account is not
  const kept = readSignIns(config.bullpenHome)
  expect(kept.map(({ email }) => email)).toEqual(emails)

  const signIns = await seedDemo(config)
  await expectWhole(signIns)
  expect(signIns).toEqual(kept)
  await expectWhole(await seedDemo(config))
})

test('a demo that lost its second user with everything of theirs is whole again after the next start', async () => {
  await seedDemo(config)
  const futures = await findUserByEmail(app, emails[1] ?? '')
  await database.query('delete from auth.account where "userId" = $1', [futures?.id])
  for (const table of ['audit_log', 'ledger', 'api_keys', 'trading_settings', 'halts', 'accounts'])
    await database.query(`delete from ${table} where user_id = $1`, [futures?.id])
  await database.query('delete from auth."user" where id = $1', [futures?.id])
  await expectWhole(await seedDemo(config))
})

test('the sign-ins are readable by their owner alone', async () => {
  await seedDemo(config)
  expect(statSync(fileOf(config)).mode & 0o777).toBe(0o600)
})

test('a changed password is not told, nor one of a user who is gone, and settings of their own stay', async () => {
  await seedDemo(config)
  const [spot, futures] = await allUsers(app)
  await createUser(app, { email: 'ada@example.test', password, name: 'Ada', role: 'user' })
  await saveSettings(db, spot?.id ?? '', null, { profile: 'pro', risk_level: 3 })
  await database.query(
    `update auth.account set password = (select password from auth.account where "userId" <> $1 and password is not null limit 1)
     where "userId" = $1`,
    [spot?.id],
  )
  const told = await seedDemo(config)
  expect(told).toEqual([
    { email: emails[0], role: 'admin' },
    { email: emails[1], role: 'user', password: expect.any(String) },
  ])
  expect((await findSettings(db, spot?.id ?? '', spot?.id ?? '')).user).toEqual({
    profile: 'pro',
    risk_level: 3,
  })
  expect(await accountsOf(db, spot?.id ?? '')).toHaveLength(1)

  await database.query(`update auth."user" set email = 'me@example.test' where id = $1`, [futures?.id])
  expect(await seedDemo(config)).toEqual([{ email: emails[0], role: 'admin' }])
  expect(await everybody()).toEqual([emails[0], 'me@example.test', 'ada@example.test'])
})
