import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Embedded, startEmbedded } from '#src/database/embedded.ts'
import { findPostmaster } from '#src/database/postmaster.ts'
import { temporaryHome } from '#test/support/home.ts'
import { isAlive, untilGone } from '#test/support/program.ts'

let place: ReturnType<typeof temporaryHome>
let running: Embedded | undefined

beforeEach(() => {
  place = temporaryHome()
})

afterEach(async () => {
  await running?.stop()
  running = undefined
  place.remove()
})

async function start(): Promise<Embedded> {
  running = await startEmbedded(place.home)
  return running
}

async function ask(url: string, text: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query({ text, rowMode: 'array' })).rows.flat()
  } finally {
    await client.end()
  }
}

const portOf = ({ url }: Embedded) => new URL(url).port

test('a first start makes both databases, on the loopback interface alone', async () => {
  const { url, queueUrl } = await start()
  expect(await ask(url, 'select current_database(), current_user')).toEqual(['bullpen', 'bullpen'])
  expect(await ask(queueUrl, 'show synchronous_commit')).toEqual(['off'])
  const names = [
    'synchronous_commit',
    'fsync',
    'listen_addresses',
    'unix_socket_directories',
    'max_connections',
  ]
  for (const [at, value] of ['on', 'on', '127.0.0.1', '', '400'].entries())
    expect(await ask(url, `show ${names[at]}`)).toEqual([value])
})

test('a second start goes on with what the first one left, and the password stays', async () => {
  const first = await start()
  await ask(first.url, 'create table kept as select 42 as answer')
  await first.stop()
  expect(isAlive(first.pid)).toBe(false)
  const second = await start()
  expect(new URL(second.url).password).toBe(new URL(first.url).password)
  expect(await ask(second.url, 'select answer from kept')).toEqual([42])
})

test('nobody gets in without the password, and only the owner may read where it is kept', async () => {
  const { url } = await start()
  const guess = new URL(url)
  guess.password = 'guess'
  await expect(ask(guess.href, 'select 1')).rejects.toThrow('password authentication failed')
  for (const file of ['database.json', 'postgres.log'])
    expect(statSync(join(place.home, file)).mode & 0o777).toBe(0o600)
  expect(statSync(join(place.home, 'postgres')).mode & 0o777).toBe(0o700)
})

test('a server that was killed is recovered, whatever its pid file says', async () => {
  const { url, pid, stop } = await start()
  await ask(url, 'create table kept as select 42 as answer')
  const pidFile = readFileSync(join(place.home, 'postgres', 'postmaster.pid'), 'utf8')
  await stop()
  writeFileSync(join(place.home, 'postgres', 'postmaster.pid'), pidFile)
  expect(isAlive(pid)).toBe(false)
  expect(await ask((await start()).url, 'select answer from kept')).toEqual([42])
})

test('a pid file whose pid has become another program does not block the start', async () => {
  const { stop } = await start()
  const file = join(place.home, 'postgres', 'postmaster.pid')
  const text = readFileSync(file, 'utf8')
  await stop()
  writeFileSync(file, text.replace(/^\d+/, String(process.pid)))
  expect(await ask((await start()).url, 'select 1')).toEqual([1])
  expect(isAlive(process.pid)).toBe(true)
})

test('a server somebody left behind is replaced on the same port', async () => {
  const orphan = await start()
  const heir = await startEmbedded(place.home)
  try {
    expect(isAlive(orphan.pid)).toBe(false)
    expect(portOf(heir)).toBe(portOf(orphan))
  } finally {
    await orphan.stop()
    await heir.stop()
  }
})

test('a server that ends by itself is started again on its port', async () => {
  const { url, pid } = await start()
  process.kill(pid, 'SIGKILL')
  await untilGone(pid)
  await expect.poll(() => ask(url, 'select 1').catch(() => undefined), { timeout: 20_000 }).toEqual([1])
  expect(findPostmaster(join(place.home, 'postgres'))?.port).toBe(Number(new URL(url).port))
})

test('an interrupted first start is begun again', async () => {
  mkdirSync(join(place.home, 'postgres.new', 'base'), { recursive: true })
  expect(await ask((await start()).url, 'select 1')).toEqual([1])
  expect(existsSync(join(place.home, 'postgres.new'))).toBe(false)
})

test('a lost password is one line that says what can be done', async () => {
  await (await start()).stop()
  rmSync(join(place.home, 'database.json'))
  await expect(start()).rejects.toMatchObject({
    name: 'UserError',
    message: expect.stringMatching(
      /database\.json, which holds the password .* is lost: put it back, or move .*postgres away/,
    ),
  })
})

test('a cluster of another PostgreSQL is one line', async () => {
  await (await start()).stop()
  writeFileSync(join(place.home, 'postgres', 'PG_VERSION'), '9\n')
  await expect(start()).rejects.toThrow(/was made by PostgreSQL 9, and this is \d+/)
})

test('a cluster that is broken is told in the last words of PostgreSQL', async () => {
  await (await start()).stop()
  rmSync(join(place.home, 'postgres', 'global', 'pg_control'))
  await expect(start()).rejects.toThrow(
    /^PostgreSQL did not start: .*pg_control.*\(all of it is in .*postgres\.log\)$/,
  )
})
