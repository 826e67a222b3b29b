import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import { compareBooks } from '#src/orders/books.ts'
import { superviseChild } from '#src/supervisor/child.ts'
import { testDatabase } from '../support/database.ts'
import { openFloor, secretKey, type Trader, venueOrdersOf } from '../support/floor.ts'
import { temporaryHome } from '../support/home.ts'
import { registerSimulator } from '../support/quiet-exit.ts'

const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url))
const grow = fileURLToPath(new URL('fixtures/grow.ts', import.meta.url))
const queues = ['orders-binance', 'exits-binance', 'accounts', 'maintenance']

const floor = await openFloor()
const { db, database } = floor
const place = temporaryHome()
afterAll(() => place.remove())

interface Row {
  readonly id: string
  readonly pid: number
  readonly rss_mb: number
  readonly is_asked: boolean
  readonly is_stopped: boolean
}
const workers = () =>
  database.query<Row & { [name: string]: unknown }>(
    `select id, pid, (rss_bytes / 1048576)::int as rss_mb, leave_asked_at is not null as is_asked,
       stopped_at is not null as is_stopped from workers where role = 'worker' order by started_at`,
  )

test('a worker that has grown to 800 MB is told of and replaced, and finishes what it has in hand', {
  timeout: 600_000,
}, async () => {
  await registerSimulator(floor)
  // Every answer takes two seconds, so that there is always something in hand.
  floor.simulator.faults.add({ rules: [{ fault: 'slow', match: { request: 'order' }, afterMs: 2_000 }] })
  const ends: string[] = []
  const lines: string[] = []
  const worker = superviseChild(
    { name: 'orders', args: ['--import', grow, main, 'worker', '--queues', queues.join(',')] },
    {
      env: {
        PATH: process.env.PATH,
        BULLPEN_HOME: place.home,
        BULLPEN_DATABASE_URL: database.url,
        BULLPEN_QUEUE_URL: (await testDatabase()).url,
        SECRET_KEY: secretKey,
        ALLOW_AUTO_REBOOT: 'true',
      },
      onLine: (_, line) => void lines.push(line),
      onEnd: (_, how) => void ends.push(how),
    },
  )
  await worker.ready
  const [young] = await workers()
  if (!young) throw new Error('no worker has beaten')
  process.kill(young.pid, 'SIGUSR2')

  const entered: { readonly trader: Trader; readonly orderId: string }[] = []
  const isReplaced = async () => (await workers()).some(({ id, is_stopped }) => id === young.id && is_stopped)
  while (!(await isReplaced())) {
    const trader = await floor.trader({ market: 'spot' })
    entered.push({ trader, orderId: await floor.enter(trader, { base: 'BTC', quantity: '0.01' }) })
    await sleep(1_000)
  }
  const [old, heir, ...others] = await workers()
  expect(old).toMatchObject({ id: young.id, is_asked: true, is_stopped: true })
  expect(old?.rss_mb).toBeGreaterThan(700)
  expect(heir).toMatchObject({ is_asked: false, is_stopped: false })
  expect([others, ends]).toEqual([[], []])
  expect(lines.join('\n')).toContain('orders would leave: another one is started in its place')

  expect(
    await database.query(`select kind, severity, user_id, subject from alerts where kind = 'memory'`),
  ).toEqual([{ kind: 'memory', severity: 'critical', user_id: null, subject: young.id }])
  expect(await database.query(`select target from audit_log where action = 'worker.replace'`)).toEqual([
    { target: young.id },
  ])
  for (const { trader, orderId } of entered) {
    const state = async () => {
      const [row] = await database.query<{ state: string; client_order_id: string }>(
        'select state, client_order_id from orders where id = $1',
        [orderId],
      )
      return row
    }
    await expect.poll(async () => (await state())?.state, { timeout: 60_000 }).toBe('filled')
    const clientOrderId = (await state())?.client_order_id ?? ''
    expect(venueOrdersOf(floor, trader, { clientOrderId })).toHaveLength(1)
    expect(await compareBooks(db, trader.account.id, floor.gateway)).toEqual([])
  }
  await worker.stop(10_000)
  expect(ends).toEqual([])
})
