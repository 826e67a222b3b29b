import { Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { newestMigration } from '#db/migrate.ts'
import { beat } from '#db/workers.ts'
import { buildChecks } from '#src/doctor/builds.ts'
import { examineAll } from '#src/doctor/check.ts'
import { connectionChecks } from '#src/doctor/connections.ts'
import { testDatabase } from '../support/database.ts'
import { transactionPooler } from '../support/transaction-pooler.ts'

const database = await testDatabase()
const db = database.db()
const owner = new Kysely<unknown>({
  dialect: new PostgresDialect({ pool: new pg.Pool({ connectionString: database.url, max: 1 }) }),
})
afterAll(() => owner.destroy())

const found = async (id: string, checks = buildChecks(db, { memoryLimitMb: 700 })) =>
  (await examineAll(checks.filter((check) => check.id === id)))[0]

async function atWork(
  pid: number,
  build: string,
  change: { schema?: string; upMinutes?: number; rssMb?: number } = {},
) {
  const { schema = newestMigration(), upMinutes = 60, rssMb = 100 } = change
  const identity = {
    id: `w${pid}`,
    role: 'worker',
    queues: ['trading'],
    host: 'vm',
    pid,
    version: '1',
    build,
    schema,
  }
  await beat(db, identity, { rssBytes: rssMb * 1024 * 1024, loopLagMs: 0 })
  await database.query(`update workers set started_at = now() - make_interval(mins => $2) where id = $1`, [
    identity.id,
    upMinutes,
  ])
}

beforeEach(() => database.query('delete from workers'))

describe('builds', () => {
  test('one build that knows the schema is well', async () => {
    await atWork(1, 'aa')
    await atWork(2, 'aa')
    expect(await found('builds')).toMatchObject({ ok: true, detail: '2 processes of build aa, version 1' })
  })

  test('another one that was left behind is named, but not while a deploy goes on', async () => {
    await atWork(1, 'aa')
    await atWork(2, 'bb', { upMinutes: 5 })
    expect(await found('builds')).toMatchObject({
      ok: true,
      detail: 'a deploy goes on: worker on vm (pid 1) of another build than bb',
    })
    await atWork(2, 'bb', { upMinutes: 16 })
    expect(await found('builds')).toMatchObject({
      ok: false,
      detail: 'worker on vm (pid 1) of another build than bb',
      advice: expect.stringContaining('Restart them'),
    })
  })

  test('a build that is older than the schema is named', async () => {
    await atWork(1, 'aa', { schema: '20200101T0000_before' })
    expect(await found('builds')).toMatchObject({
      ok: false,
      detail: 'worker on vm (pid 1) of a build that is older than the schema',
    })
  })

  test('whoever has ended is no matter', async () => {
    await atWork(1, 'aa')
    await database.query(`update workers set heartbeat_at = now() - interval '16 seconds'`)
    expect(await found('builds')).toMatchObject({ ok: true, detail: 'no process at work' })
  })
})

test('who takes too much memory is named, with what would be done about it', async () => {
  await atWork(1, 'aa', { rssMb: 700 })
  expect(await found('memory')).toMatchObject({ ok: true, detail: '700 MB at most, of 700' })
  await atWork(2, 'aa', { rssMb: 701 })
  expect(await found('memory')).toMatchObject({
    ok: false,
    detail: 'above 700 MB: worker on vm (pid 2) 701 MB',
    advice: expect.stringContaining('ALLOW_AUTO_REBOOT=true'),
  })
})

describe('connections', () => {
  test('the database itself keeps what is said on a connection, and how many are in use is told', async () => {
    const checks = connectionChecks(owner, database.url)
    expect(await found('pooler', checks)).toMatchObject({ ok: true })
    expect(await found('connections', checks)).toMatchObject({
      ok: true,
      detail: expect.stringMatching(/^\d+ of \d+ in use$/),
    })
  })

  test('a pooler that lends connections by the transaction is seen, and the mode that helps is said', async () => {
    const checks = connectionChecks(owner, await transactionPooler(database.url))
    expect(await found('pooler', checks)).toMatchObject({
      ok: false,
      detail: expect.stringContaining('lends a connection for one transaction'),
      advice: expect.stringContaining('session mode'),
    })
  })
})
