import { randomUUID } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import pg from 'pg'
import { afterAll, describe, expect, inject, test } from 'vitest'
import { livingPositionsOf } from '#db/account-journal.ts'
import { connect } from '#db/client.ts'
import { knownMigrations, migrate } from '#db/migrate.ts'
import { orderOrThrow } from '#db/orders.ts'
import { findPosition } from '#db/positions.ts'
import { noteRestored } from '#db/reconciliations.ts'
import { saveSettings } from '#db/trading-settings.ts'
import { VenueUnavailable } from '#src/errors.ts'
import { createGateway } from '#src/exchange/gateway.ts'
import { checkBackup, restoreBackup } from '#src/maintenance/backup/restore.ts'
import { writeBackup } from '#src/maintenance/backup/write.ts'
import { compareBooks } from '#src/orders/books.ts'
import type { OrderDesk } from '#src/orders/order-desk.ts'
import { planExit } from '#src/orders/plan.ts'
import { reconcileAccount } from '#src/orders/reconcile/account.ts'
import { sendOrder } from '#src/orders/send.ts'
import { commandLine } from '../support/command.ts'
import { keys, openFloor, secretKey, type Trader } from '../support/floor.ts'

const floor = await openFloor()
const { db, desk, simulator, database } = floor
const folder = mkdtempSync(path.join(tmpdir(), 'bullpen-backup-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const write = async (name: string) => {
  const file = path.join(folder, name)
  return { file, ...(await writeBackup(database.url, file, { secretKey, version: '0.1.0' })) }
}
const restore = (url: string, file: string, change: Partial<Parameters<typeof restoreBackup>[2]> = {}) =>
  restoreBackup(url, file, {
    secretKeys: [secretKey],
    isWithoutKey: false,
    knownMigrations: knownMigrations(),
    migrateTo: (name) => migrate(url, name),
    ...change,
  })

async function emptyDatabase(): Promise<string> {
  const name = `test_${randomUUID().replaceAll('-', '')}`
  await asAdmin(inject('postgresUrl'), `create database ${name}`)
  const url = new URL(inject('postgresUrl'))
  url.pathname = `/${name}`
  return url.href
}

async function asAdmin<T extends pg.QueryResultRow>(url: string, text: string): Promise<T[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query<T>(text)).rows
  } finally {
    await client.end()
  }
}

/** Every row of every table that is kept, as text. */
async function everything(url: string): Promise<Record<string, string[]>> {
  const tables = await asAdmin<{ name: string }>(
    url,
    `select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname in ('public', 'auth')
       and tablename not in ('session', 'verification', 'rateLimit', 'rate_limits', 'sign_in_failures', 'workers', 'account_streams',
         'venue_budgets', 'kysely_migration', 'kysely_migration_lock', 'audit_log')`,
  )
  const all: Record<string, string[]> = {}
  for (const { name } of tables) {
    const rows = await asAdmin<{ row: string }>(url, `select kept::text as row from ${name} kept order by 1`)
    all[name] = rows.map(({ row }) => row)
  }
  return all
}

/** As its job does: what came too late to be sent, on a busy machine, is sent at the next attempt. */
async function send(on: OrderDesk, orderId: string): ReturnType<typeof sendOrder> {
  for (;;)
    try {
      return await sendOrder(on, orderId)
    } catch (error) {
      if (!(error instanceof VenueUnavailable)) throw error
    }
}

async function open(trader: Trader, base: string, quantity: string): Promise<string> {
  const orderId = await floor.enter(trader, { base, quantity })
  await database.query(`update orders set expires_at = now() + interval '1 hour' where id = $1`, [orderId])
  expect(await send(desk, orderId)).toMatchObject({ state: 'filled' })
  return (await orderOrThrow(db, orderId)).positionId
}

const close = (on: OrderDesk, positionId: string) =>
  on.db.transaction().execute(async (tx) => {
    const plan = { positionId, quantity: 'all', slots: ['close'], reason: 'take_profit' } as const
    return (await planExit(tx, keys, { ...plan, price: 100, actor: 'test' })) ?? ''
  })

describe.each(['spot', 'futures'] as const)('with open positions on %s', async (market) => {
  test('what is restored is what was there, and what happened since is found at the venue', async () => {
    const trader = await floor.trader({ market })
    const accountId = trader.account.id
    await saveSettings(db, trader.account.userId, null, { stop_loss_pct: 4 })
    const sold = await open(trader, 'ETH', '2')
    const kept = await open(trader, 'BNB', '1')
    const plannedEntry = await floor.enter(trader, { base: 'XRP', quantity: '100' })
    // On a slow machine it would be over before it is restored.
    await database.query(`update orders set expires_at = now() + interval '1 hour' where id = $1`, [
      plannedEntry,
    ])
    const before = await everything(database.url)
    const { file, rows, takenAt } = await write(`${market}.backup`)

    // After the backup: a position is closed, another opened. The database is lost then.
    expect(await send(desk, await close(desk, sold))).toMatchObject({ state: 'filled' })
    await open(trader, 'SOL', '5')
    const ordersBefore = simulator.ledger(trader.apiKey).accounts[0]?.orders.length

    const url = await emptyDatabase()
    expect(await restore(url, file)).toMatchObject({ header: { takenAt }, rows })
    const after = await everything(url)
    // What differs is said: which database each account was seen in, and that it must be compared.
    const accounts = (all: Record<string, string[]>) => all['public.accounts']?.length
    expect(accounts(after)).toBe(accounts(before))
    expect({ ...after, 'public.accounts': [] }).toMatchObject({ ...before, 'public.accounts': [] })
    expect(Object.values(rows).reduce((sum, count) => sum + count, 0)).toBeGreaterThan(20)

    const restored = connect(url, 'bullpen_worker')
    const gateway = createGateway({ db: restored, keys, simulatorUrl: async () => simulator.url })
    const later = { ...desk, db: restored, gateway, workerId: 'the-restored' }
    try {
      // Nothing leaves before the account was compared with its venue, not even an exit.
      const plannedExit = await close(later, kept)
      for (const id of [plannedExit, plannedEntry])
        expect(await sendOrder(later, id)).toMatchObject({ state: 'planned' })
      expect(await noteRestored(restored)).toContain(accountId)
      await reconcileAccount(later, accountId)
      expect(simulator.ledger(trader.apiKey).accounts[0]?.orders.length).toBe(ordersBefore)
      expect(await orderOrThrow(restored, plannedEntry)).toMatchObject({ state: 'abandoned' })
      expect(await findPosition(restored, sold)).toMatchObject({ state: 'closed' })
      expect(await livingPositionsOf(restored, accountId)).toMatchObject([
        { symbol: trader.symbol('BNB'), state: 'closing' },
        { symbol: trader.symbol('SOL'), state: 'open', source: 'adopted', quantityEntered: '5' },
      ])
      expect(await compareBooks(restored, accountId, gateway)).toEqual([])
      expect(await send(later, plannedExit)).toMatchObject({ state: 'filled' })
    } finally {
      await gateway.close()
      await restored.destroy()
    }
  })
})

describe('a file', async () => {
  const whole = await write('whole.backup')
  const text = gunzipSync(readFileSync(whole.file)).toString()
  const spoiled = (name: string, bytes: Buffer) => {
    const file = path.join(folder, name)
    writeFileSync(file, bytes)
    return file
  }

  test('is its owner’s alone, and holds no key that is not sealed', () => {
    expect(statSync(whole.file).mode & 0o777).toBe(0o600)
    expect(text).not.toContain(secretKey)
    expect(text).not.toContain(Buffer.from(secretKey).toString('base64'))
  })

  test.each([
    [
      'cut short',
      gzipSync(text.slice(0, text.lastIndexOf('\n', text.length - 2) + 1)),
      /is not whole: its end is missing/,
    ],
    ['cut short inside', readFileSync(whole.file).subarray(0, 2_000), /is no backup that can be read: /],
    [
      'changed by one digit',
      gzipSync(text.replace('"version":"0.1.0"', '"version":"0.1.1"')),
      /its checksum is another one/,
    ],
    ['empty', Buffer.alloc(0), /is not whole|is no backup/],
    ['something else', Buffer.from('hello'), /is no backup that can be read: /],
    ['of something else, packed', gzipSync('{"a": 1}\n'), /is no backup that can be read: /],
  ])('that is %s is refused, and nothing is done', async (name, bytes, why) => {
    const file = spoiled(`${name}.backup`, bytes)
    await expect(checkBackup(file)).rejects.toThrow(why)
    const url = await emptyDatabase()
    await expect(restore(url, file)).rejects.toThrow(why)
    expect(await asAdmin(url, `select tablename from pg_tables where schemaname = 'public'`)).toEqual([])
  })

  test('of a newer build is refused by the migration that is not known', async () => {
    const [first, ...others] = text.split('\n')
    const header = JSON.parse(first ?? '')
    header.migrations.push('29990101T0000_from_the_future')
    const { createHash } = await import('node:crypto')
    const body = [JSON.stringify(header), ...others.slice(0, -2)].map((line) => `${line}\n`).join('')
    const end = JSON.parse(others.at(-2) ?? '')
    end.sha256 = createHash('sha256').update(body).digest('hex')
    const file = spoiled('newer.backup', gzipSync(`${body}${JSON.stringify(end)}\n`))
    await expect(restore(await emptyDatabase(), file)).rejects.toThrow(
      /does not know the migration 29990101T0000_from_the_future/,
    )
  })

  test('needs its SECRET_KEY, now or before, unless somebody says that it is lost', async () => {
    const url = await emptyDatabase()
    const other = 'another key, of thirty-two bytes or more'
    await expect(restore(url, whole.file, { secretKeys: [other] })).rejects.toThrow(
      /not the one of the backup/,
    )
    await restore(url, whole.file, { secretKeys: [other, secretKey] })
    await restore(await emptyDatabase(), whole.file, { secretKeys: [other], isWithoutKey: true })
  })
})

test('a database with anything in it is not touched', async () => {
  const { file } = await write('again.backup')
  const before = await everything(database.url)
  await expect(restore(database.url, file)).rejects.toThrow(/the database is not empty/)
  expect(await everything(database.url)).toEqual(before)
  const others = await emptyDatabase()
  await asAdmin(others, 'create table public.of_somebody_else ()')
  await expect(restore(others, file)).rejects.toThrow(/the database is not empty/)
})

test('a restore that was broken off can be begun again', async () => {
  const { file, rows } = await write('broken.backup')
  const url = await emptyDatabase()
  const migrations = (await checkBackup(file)).header.migrations
  await migrate(url, migrations.at(-1))
  expect(await restore(url, file)).toMatchObject({ rows })
})

test('numbers go on where they ended: the next row of the ledger and of the audit log has a new one', async () => {
  const { file } = await write('numbers.backup')
  const url = await emptyDatabase()
  await restore(url, file)
  const [{ most } = { most: 0 }] = await asAdmin<{ most: string }>(url, 'select max(id) as most from ledger')
  const [{ id } = { id: 0 }] = await asAdmin<{ id: string }>(
    url,
    `insert into ledger (user_id, account_id, kind, currency, amount)
     select user_id, account_id, 'adjustment', 'USDT', 1 from ledger limit 1 returning id`,
  )
  expect(Number(id)).toBe(Number(most) + 1)
  const forced = await asAdmin(
    url,
    `select relname from pg_class where relrowsecurity and not relforcerowsecurity and relname not in ('halts')`,
  )
  const now = await asAdmin(
    database.url,
    `select relname from pg_class where relrowsecurity and not relforcerowsecurity and relname not in ('halts')`,
  )
  expect(forced).toEqual(now)
})

test('the commands say what they did, and that SECRET_KEY is kept elsewhere', async () => {
  const bullpen = commandLine({ DATABASE_URL: database.url, SECRET_KEY: secretKey, BULLPEN_HOME: '.' })
  const file = path.join(folder, 'command.backup')
  const written = await bullpen(['backup', file])
  expect(written).toMatchObject({ code: 0, stderr: '' })
  expect(written.stdout).toMatch(
    /rows of \d+ tables, \d+\.\d MB\nSECRET_KEY is not in it\. Keep that as well/,
  )
  const url = await emptyDatabase()
  const env = { DATABASE_URL: url }
  expect((await bullpen(['restore', file, '--check'], { env })).stdout).toContain('It is whole.')
  const restored = await bullpen(['restore', file, '--json'], { env })
  expect(restored).toMatchObject({ code: 0, stderr: '' })
  expect(JSON.parse(restored.stdout)).toMatchObject({
    rows: expect.objectContaining({ 'public.ledger': expect.any(Number) }),
  })
  const again = await bullpen(['restore', file], { env })
  expect(again).toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringMatching(/^the database is not empty.*\n$/),
  })
  const nowhere = await bullpen(['backup', '/nowhere/at/all.backup'])
  expect(nowhere).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^\/nowhere\/at\/all\.backup cannot be written: ENOENT.*\n$/),
  })
})
