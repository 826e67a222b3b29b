import { pino } from 'pino'
import { beforeEach, expect, test } from 'vitest'
import { beat, markStopped } from '#db/workers.ts'
import { watchProcesses } from '#src/maintenance/watch-processes.ts'
import { testDatabase } from '../support/database.ts'

const database = await testDatabase()
const db = database.db()
const log = pino({ level: 'silent' })
const mib = 1024 * 1024

const identity = (id: string, queues: readonly string[], role = 'worker') => ({
  id,
  role,
  queues,
  host: 'vm-1',
  pid: 7,
  version: '1',
})
const say = (id: string, queues: readonly string[], rssMb: number, role?: string) =>
  beat(db, identity(id, queues, role), { rssBytes: rssMb * mib, loopLagMs: 0 })
const watch = (allowAutoReboot = true) =>
  db.transaction().execute((tx) => watchProcesses(tx, { memoryLimitMb: 700, allowAutoReboot }, log))
const alerts = () =>
  database.query(
    `select kind, severity, subject, repeats, text, advice from alerts order by raised_at, subject`,
  )
const later = (id: string, seconds: number) =>
  database.query(`update workers set heartbeat_at = heartbeat_at - make_interval(secs => $2) where id = $1`, [
    id,
    seconds,
  ])

beforeEach(async () => {
  await database.query('delete from alerts')
  await database.query('delete from workers')
})

test('one above the limit hears with its next beat that it is to leave, and the next of its kind stays', async () => {
  expect(await say('a', ['trading'], 800)).toBeUndefined()
  await watch()
  expect(await say('a', ['trading'], 800)).toBe('it takes 800 MB of memory, above MEMORY_LIMIT_MB=700')
  await markStopped(db, 'a')
  await say('b', ['trading'], 900)
  await watch()
  expect(await say('b', ['trading'], 900)).toBeUndefined()
  expect(await alerts()).toMatchObject([
    { kind: 'memory', severity: 'critical', subject: 'a', text: expect.stringContaining('asked to leave') },
    { kind: 'memory', severity: 'critical', subject: 'b', text: expect.stringContaining('It stays for now') },
  ])
  await database.query(`update workers set leave_asked_at = leave_asked_at - interval '11 minutes'`)
  await watch()
  expect(await say('b', ['trading'], 900)).toMatch(/900 MB/)
})

test('without ALLOW_AUTO_REBOOT it is told and goes on; telling again counts up', async () => {
  await say('a', ['trading'], 800)
  await watch(false)
  await watch(false)
  expect(await say('a', ['trading'], 800)).toBeUndefined()
  expect(await alerts()).toMatchObject([
    { kind: 'memory', repeats: 1, text: expect.stringContaining('ALLOW_AUTO_REBOOT is off') },
  ])
})

test('one that has died is told of once: critical where nobody else works on its queues', async () => {
  await say('dead', ['monitor', 'trading'], 100)
  await say('alive', ['trading'], 100)
  await later('dead', 31)
  await watch()
  await watch()
  expect(await alerts()).toMatchObject([
    {
      kind: 'process-silent',
      severity: 'critical',
      repeats: 0,
      text: expect.stringContaining('Nobody works on monitor now.'),
      advice: 'Start another: npx bullpen worker --queues monitor',
    },
  ])
})

test('one whose queues others work on is a warning, and one that comes back is told of when it goes again', async () => {
  await say('frozen', ['trading'], 100)
  await say('alive', ['trading'], 100)
  await later('frozen', 31)
  await watch()
  expect(await alerts()).toMatchObject([{ severity: 'warning', repeats: 0 }])
  await say('frozen', ['trading'], 100)
  await later('frozen', 31)
  await watch()
  expect(await alerts()).toMatchObject([{ severity: 'warning', repeats: 1 }])
})

test('one that ended by itself is no matter', async () => {
  await say('gone', ['trading'], 900)
  await markStopped(db, 'gone')
  await later('gone', 60)
  await watch()
  expect(await alerts()).toEqual([])
})
