import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, test } from 'vitest'
import { orderOrThrow } from '#db/orders.ts'
import { openBackend } from '#src/queue/backend.ts'
import { placeOrder } from '#src/queue/contracts.ts'
import { enqueueOn } from '#src/queue/enqueue.ts'
import { openQueues, type Queues } from '#src/queue/queues.ts'
import { isWaitingIn } from '#src/queue/waiting.ts'
import { backendKinds, queueAddress } from '../support/backends.ts'
import { openFloor, secretKey } from '../support/floor.ts'
import { type Program, runNode } from '../support/program.ts'
import { quietExit, registerSimulator } from '../support/quiet-exit.ts'

const floor = await openFloor()
const { database, db } = floor
const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url))

await registerSimulator(floor)

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await sleep(20)
}

describe.each(backendKinds)('a worker with its queue on %s', (kind) => {
  let queues: Queues
  let worker: Program

  test('places an order whose wake was lost with the queue', async () => {
    const address = kind === 'postgres' ? { postgresUrl: database.url } : await queueAddress(kind)
    const backend = await openBackend(address)
    queues = openQueues(backend)
    afterAll(async () => {
      worker.kill('SIGKILL')
      await worker.ended
      await queues.close()
      await backend.close()
    })
    for (const queue of queues.all()) await queue.obliterate({ force: true })
    const orderId = await quietExit(floor)
    const data = { orderId, exchange: 'binance', lane: 'exits' } as const
    const jobId = `order-${orderId}-w0`
    await enqueueOn(queues)(placeOrder, data, { jobId })
    expect(await isWaitingIn(queues)(placeOrder, data, jobId)).toBe(true)
    await queues.named('exits-binance').obliterate({ force: true })

    worker = runNode([main, 'worker', '--queues', 'exits-binance'], {
      env: {
        DATABASE_URL: database.url,
        SECRET_KEY: secretKey,
        ...('redisUrl' in address && { REDIS_URL: address.redisUrl }),
      },
    })
    await worker.until(/worker is at work/)
    await until(async () => (await orderOrThrow(db, orderId)).state === 'filled')
  })

  test('gives a lost queue its schedules back', async () => {
    const schedulers = async () =>
      (await queues.named('monitor').getJobSchedulers(0, -1)).map(({ key }) => key).sort()
    await until(async () => (await schedulers()).length > 0)
    const before = await schedulers()
    await queues.named('monitor').obliterate({ force: true })
    for (const key of await schedulers()) await queues.named('monitor').removeJobScheduler(key)
    await until(async () => (await schedulers()).length === before.length)
    expect(await schedulers()).toEqual(before)
  })

  test('is seen alive, and as stopped after SIGTERM', async () => {
    const row = () =>
      database.query(
        `select stopped_at is not null as has_stopped from workers where role = 'worker' and pid = $1 and queues = '{exits-binance}'`,
        [worker.pid],
      )
    expect(await row()).toEqual([{ has_stopped: false }])
    worker.kill('SIGTERM')
    expect((await worker.ended).code).toBe(0)
    expect(await row()).toEqual([{ has_stopped: true }])
  })
})
