import { pino } from 'pino'
import { afterAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { clockSkew } from '#db/clock.ts'
import { openBackend } from '#src/queue/backend.ts'
import { contract } from '#src/queue/contract.ts'
import { enqueueOn } from '#src/queue/enqueue.ts'
import { done, type Job } from '#src/queue/job.ts'
import { openQueues } from '#src/queue/queues.ts'
import { work } from '#src/queue/work.ts'
import { watchClock } from '#workers/clock-watch.ts'
import { takeJobs } from '#workers/take-jobs.ts'
import { backendKinds, queueAddress } from '../support/backends.ts'
import { testDatabase } from '../support/database.ts'

const db = (await testDatabase()).db()
const said: string[] = []
const log = pino({ level: 'warn' }, { write: (line) => void said.push(JSON.parse(line).event) })
const wish = contract({ name: 'wish', queue: 'signals', data: z.object({ n: z.int() }), attempts: 1 })
const wishes: Job<object, { n: number }> = { contract: wish, run: async () => done }

test.each([-3_600_000, -5_000, 0, 5_000, 3_600_000])(
  'a clock %i ms ahead is known to be',
  async (aheadMs) => {
    const skew = await clockSkew(db, () => Date.now() + aheadMs)
    expect(Math.abs(skew.aheadMs - aheadMs)).toBeLessThan(1_000)
  },
)

describe.each(backendKinds)('a worker on %s', async (kind) => {
  const backend = await openBackend(await queueAddress(kind))
  const queues = openQueues(backend)
  await queues.named('signals').obliterate({ force: true })
  const worker = work(backend, 'signals', [wishes], {}, log, { concurrency: 2, isPaused: true })
  const enqueue = enqueueOn(queues)
  afterAll(async () => {
    await worker.close()
    await queues.close()
    await backend.close()
  })

  test('takes no jobs while its clock is away, says so, and goes on by itself', async () => {
    said.length = 0
    let aheadMs = 60_000
    const taking = takeJobs([worker])
    const watch = await watchClock(db, log, (isAway) => taking.set(!isAway), {
      wallNow: () => Date.now() + aheadMs,
      lookEveryMs: 100,
    })
    taking.set(!watch.isAway())
    expect(watch.isAway()).toBe(true)
    await enqueue(wish, { n: 1 })
    await enqueue(wish, { n: 2 })
    await new Promise((resolve) => setTimeout(resolve, 500))
    expect(worker.taken()).toBe(0)
    expect(await queues.named('signals').isPaused()).toBe(false)

    aheadMs = -1_000
    await until(() => worker.taken() === 2)
    aheadMs = -60_000
    await until(() => watch.isAway() && worker.isPaused())
    aheadMs = 0
    await until(() => !watch.isAway())
    await enqueue(wish, { n: 3 })
    await until(() => worker.taken() === 3)
    expect(said).toEqual(['clock-away', 'clock-back', 'clock-away', 'clock-back'])
    watch.stop()
  })
})

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 20))
}
