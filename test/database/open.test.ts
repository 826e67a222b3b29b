import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, inject, test } from 'vitest'
import { readConfig } from '#src/config.ts'
import { findBinaries } from '#src/database/binaries.ts'
import { connected } from '#src/database/connected.ts'
import { type Database, openDatabase } from '#src/database/open.ts'
import { prepareHome } from '#src/home/folder.ts'
import { claimHome } from '#src/home/running.ts'
import { temporaryHome } from '#test/support/home.ts'

const secretKey = 'k'.repeat(32)
let place: ReturnType<typeof temporaryHome>
let open: Database[]

beforeEach(() => {
  place = temporaryHome()
  open = []
})

afterEach(async () => {
  for (const database of open.reverse()) await database.stop()
  place.remove()
})

async function openIt(env: Record<string, string> = {}): Promise<Database> {
  const database = await openDatabase(readConfig({ BULLPEN_HOME: place.home, ...env }), 'test')
  open.push(database)
  return database
}

test('the database DATABASE_URL names is taken as it is, the queue with it, and the data folder is left alone', async () => {
  const url = inject('postgresUrl')
  expect(await openIt({ DATABASE_URL: url, SECRET_KEY: secretKey })).toMatchObject({
    url,
    queueUrl: url,
    owned: false,
  })
  expect(existsSync(place.home)).toBe(false)
})

test.each([
  [
    'postgres://me:hunter2@127.0.0.1:1/db',
    /^DATABASE_URL: the database 127\.0\.0\.1:1\/db cannot be opened: .*ECONNREFUSED/,
  ],
  [
    'postgres://me:hunter2@nowhere.invalid/db',
    /^DATABASE_URL: the database nowhere\.invalid\/db cannot be opened: /,
  ],
])('a database that cannot be reached is one line without its password: %s', async (url, line) => {
  const failure = await openIt({ DATABASE_URL: url, SECRET_KEY: secretKey }).catch((error) => error)
  expect(failure.name).toBe('UserError')
  expect(failure.message).toMatch(line)
  expect(failure.message).not.toContain('hunter2')
})

test('a wrong password is one line', async () => {
  const url = new URL(inject('postgresUrl'))
  url.password = 'hunter2'
  await expect(openIt({ DATABASE_URL: url.href, SECRET_KEY: secretKey })).rejects.toThrow(
    /cannot be opened: password authentication failed/,
  )
})

test('who comes first keeps the embedded database, and the others borrow it', async () => {
  const first = await openIt()
  const second = await openIt()
  expect([first.owned, second.owned]).toEqual([true, false])
  expect([second.url, second.queueUrl]).toEqual([first.url, first.queueUrl])
  await second.stop()
  expect((await openIt()).url).toBe(first.url)
})

test('a folder is free again once its database has stopped', async () => {
  await (await openIt()).stop()
  expect((await openIt()).owned).toBe(true)
})

test('a folder is free again when its database did not start', async () => {
  prepareHome(place.home)
  const broken = readConfig({ BULLPEN_HOME: place.home })
  const { writeFileSync } = await import('node:fs')
  writeFileSync(join(place.home, 'postgres'), 'not a folder')
  await expect(openDatabase(broken, 'test')).rejects.toMatchObject({ name: 'UserError' })
  expect(existsSync(join(place.home, 'running.json'))).toBe(false)
})

test('a command works with the database, a key and the simulator of who holds the folder, and lets go when it fails', async () => {
  prepareHome(place.home)
  const seen = await connected(readConfig({ BULLPEN_HOME: place.home }), 'test', async (config) => config)
  expect(seen.secretKey).toMatch(/^[0-9a-f]{64}$/)
  expect(seen.simulatorUrl).toBe('http://127.0.0.1:3900')
  const failing = connected(readConfig({ BULLPEN_HOME: place.home }), 'test', async () => {
    throw new Error('mine')
  })
  await expect(failing).rejects.toThrow('mine')
  const again = claimHome(place.home, 'test')
  expect(again).toHaveProperty('claim')
})

test('a platform without an embedded PostgreSQL is one line that says what to set', () => {
  expect(() => findBinaries('plan9', 'mips')).toThrow(
    /^There is no embedded PostgreSQL for plan9-mips .*: run npm ci, or set DATABASE_URL to a PostgreSQL of your own$/,
  )
})
