import { beforeAll, expect, test } from 'vitest'
import { resealKey } from '#src/accounts/reseal-key.ts'
import { openBackend } from '#src/queue/backend.ts'
import { queueNames } from '#src/queue/contracts.ts'
import { ringOf } from '#src/vault/key-ring.ts'
import { commandLine } from '../support/command.ts'
import { openFloor, secretKey, type Trader } from '../support/floor.ts'
import { beatWorkers } from '../support/seed.ts'

const floor = await openFloor()
const { database, simulator } = floor
const bullpen = commandLine({ DATABASE_URL: database.url, SECRET_KEY: secretKey, BULLPEN_HOME: '.' })

let trader: Trader

beforeAll(async () => {
  await (await openBackend({ postgresUrl: database.url })).close()
  trader = await floor.trader({ market: 'spot' })
  await beatWorkers(database.query, [...queueNames, 'simulator'])
  await database.query(
    `update workers set heartbeat_at = now() + interval '1 hour', address = case role when 'simulator' then $1 end`,
    [simulator.url],
  )
})

test('what is ill is shown with its advice, for people and for machines, and the code is 1', async () => {
  await database.query(`delete from workers where id = 'monitor'`)
  const [people, machines] = await Promise.all([bullpen(['doctor']), bullpen(['doctor', '--json'])])
  expect(people).toMatchObject({ code: 1, stderr: '' })
  expect(people.stdout).toContain(
    '✗ workers      nobody works on monitor\n               npx bullpen worker --queues monitor\n',
  )
  expect(people.stdout).toContain(
    '✓ books        the books of 1 accounts agree with their venues to the last decimal\n',
  )
  expect(machines.code).toBe(1)
  const { ok, checks } = JSON.parse(machines.stdout)
  expect(ok).toBe(false)
  expect(checks.filter((check: { ok: boolean }) => !check.ok)).toEqual([
    {
      id: 'workers',
      ok: false,
      detail: 'nobody works on monitor',
      advice: 'npx bullpen worker --queues monitor',
    },
  ])
  await database.query(
    `insert into workers (id, role, queues, host, pid, version, heartbeat_at)
     values ('monitor', 'worker', '{monitor}', 'test', 1, '0', now() + interval '1 hour')`,
  )
})

test('a Redis that is away is told, and nothing waits for it', async () => {
  const { code, stdout, stderr } = await bullpen(['doctor', '--json'], {
    env: { REDIS_URL: 'redis://127.0.0.1:1' },
  })
  const checks = JSON.parse(stdout).checks.filter((check: { ok: boolean }) => !check.ok)
  expect(checks.map(({ id }: { id: string }) => id)).toEqual(['queue', 'failed-jobs'])
  for (const { detail } of checks) expect(detail).toContain("the queue's store does not answer: ")
  expect({ code, stderr }).toEqual({ code: 1, stderr: '' })
})

test('after SECRET_KEY was replaced, what needs the previous one is counted, and a wrong one opens nothing', async () => {
  const [old, newer] = ['o'.repeat(32), 'n'.repeat(32)]
  const keys = ringOf({ secretKey: old, secretKeyPrevious: [secretKey] })
  await resealKey({ ...floor.desk, keys }, trader.account.id)
  const look = async (previous: string) => {
    const env = { SECRET_KEY: newer, SECRET_KEY_PREVIOUS: previous }
    const { stdout, code } = await bullpen(['doctor', '--json'], { env })
    for (const secret of [newer, ...previous.split(',')]) expect(stdout).not.toContain(secret)
    const checks: { id: string; ok: boolean; detail: string }[] = JSON.parse(stdout).checks
    return { code, ill: checks.filter(({ ok }) => !ok).map(({ id }) => id), checks }
  }
  const [right, wrong] = await Promise.all([look(`${'x'.repeat(32)},${old}`), look('x'.repeat(32))])
  expect(right).toMatchObject({ code: 0, ill: [] })
  expect(right.checks).toContainEqual(
    expect.objectContaining({
      id: 'secret-key',
      detail: expect.stringMatching(/^1 of 1 keys are sealed under a previous SECRET_KEY/),
    }),
  )
  expect(wrong).toMatchObject({ code: 1, ill: ['secret-key', 'keys', 'books'] })
  // Back again: whichever key is current seals.
  const back = ringOf({ secretKey, secretKeyPrevious: [old] })
  expect(await resealKey({ ...floor.desk, keys: back }, trader.account.id)).toBe(true)
})

test('a healthy installation is ok with code 0, and what machines read is JSON alone', async () => {
  const { code, stdout, stderr } = await bullpen(['doctor', '--json'])
  const { ok, checks } = JSON.parse(stdout)
  expect(checks.filter((check: { ok: boolean }) => !check.ok)).toEqual([])
  expect({ ok, code, stderr }).toEqual({ ok: true, code: 0, stderr: '' })
  for (const check of checks) expect(Object.keys(check)).toEqual(['id', 'ok', 'detail', 'advice'])
})
