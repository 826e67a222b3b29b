import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { afterAll, expect, test } from 'vitest'
import { orderOrThrow } from '#db/orders.ts'
import { wake } from '#jobs/follow.ts'
import { openBackend } from '#src/queue/backend.ts'
import { enqueueOn } from '#src/queue/enqueue.ts'
import { openQueues } from '#src/queue/queues.ts'
import { superviseChild } from '#src/supervisor/child.ts'
import { testDatabase } from '../support/database.ts'
import { openFloor, secretKey } from '../support/floor.ts'
import { temporaryHome } from '../support/home.ts'
import { quietExit, registerSimulator } from '../support/quiet-exit.ts'

const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url))
const floor = await openFloor()
const { db, database } = floor
const postgresUrl = (await testDatabase()).url
const backend = await openBackend({ postgresUrl })
const queues = openQueues(backend)
const place = temporaryHome()
// The store offers no job that somebody else has locked, and counts it all the same.
const holder = new pg.Client({ connectionString: postgresUrl })
const lines: string[] = []
const ends: string[] = []

afterAll(async () => {
  await holder.end()
  await queues.close()
  await backend.close()
  place.remove()
})

test('a worker that takes nothing for 15 s though a job waits ends with 1, and the one started after it goes on', {
  timeout: 180_000,
}, async () => {
  await registerSimulator(floor)
  const orderId = await quietExit(floor)
  await wake(enqueueOn(queues), await orderOrThrow(db, orderId), 0)
  await holder.connect()
  await holder.query('begin')
  const held = await holder.query('select id from bullmq.job for update')
  expect(held.rows).toEqual([{ id: `order-${orderId}-w0` }])

  const worker = superviseChild(
    { name: 'exits', args: [main, 'worker', '--queues', 'exits-binance'] },
    {
      env: {
        PATH: process.env.PATH,
        BULLPEN_HOME: place.home,
        BULLPEN_DATABASE_URL: database.url,
        BULLPEN_QUEUE_URL: postgresUrl,
        SECRET_KEY: secretKey,
      },
      onLine: (_, line) => lines.push(line),
      onEnd: (_, how) => ends.push(how),
    },
  )
  while (ends.length === 0) await new Promise((resolve) => setTimeout(resolve, 50))
  expect(ends).toEqual(['ended with code 1'])
  const output = lines.join('\n')
  expect(output).toContain('"worker-stuck"')
  expect(output).toContain('this worker took no job of exits-binance for 15 s, though jobs wait there')
  expect(await database.query(`select actor, target from audit_log where action = 'worker-stuck'`)).toEqual([
    { actor: 'bullpen', target: 'exits-binance' },
  ])
  expect(await orderOrThrow(db, orderId)).toMatchObject({ state: 'planned' })

  await holder.query('rollback')
  while ((await orderOrThrow(db, orderId)).state !== 'filled')
    await new Promise((resolve) => setTimeout(resolve, 50))
  await worker.stop(10_000)
  expect(ends).toHaveLength(1)
})
