import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { openBackend, type QueueBackend } from '#src/queue/backend.ts'
import { contract } from '#src/queue/contract.ts'
import { enqueueOn } from '#src/queue/enqueue.ts'
import { done, type Job } from '#src/queue/job.ts'
import { openQueues, type Queues } from '#src/queue/queues.ts'
import { type Stand, standOf, stuckJudge } from '#src/queue/stuck.ts'
import { type AtWork, work } from '#src/queue/work.ts'
import { backendKinds, queueAddress } from '../support/backends.ts'

const waits: Stand = { taken: 3, isFree: true, waiting: 2, isHeldBack: false }

const looks: readonly [name: string, stands: readonly Stand[], isStuck: boolean][] = [
  ['nothing taken though jobs wait, over six looks', Array(6).fill(waits), true],
  ['five looks are not enough', Array(5).fill(waits), false],
  ['one job taken in between', [...Array(5).fill(waits), { ...waits, taken: 4 }], false],
  ['nothing waits', Array(9).fill({ ...waits, waiting: 0 }), false],
  [
    'the queue was empty at one look',
    [...Array(5).fill(waits), { ...waits, waiting: 0 }, ...Array(5).fill(waits)],
    false,
  ],
  ['all hands are full', Array(9).fill({ ...waits, isFree: false }), false],
  ['a pause or a rate limit', Array(9).fill({ ...waits, isHeldBack: true }), false],
  [
    'a rate limit that ended just now',
    [...Array(9).fill({ ...waits, isHeldBack: true }), ...Array(5).fill(waits)],
    false,
  ],
]

test.each(looks)('%s', (_, stands, isStuck) => {
  const judge = stuckJudge()
  expect(stands.map(judge).at(-1)).toBe(isStuck)
})

const wish = contract({ name: 'wish', queue: 'orders-binance', data: z.object({ n: z.int() }), attempts: 1 })
const wishes: Job<object, { n: number }> = { contract: wish, run: async () => done }
const limiter = { max: 1, durationMs: 30_000 }

describe.each(backendKinds)('where a worker on %s stands', (kind) => {
  let backend: QueueBackend
  let queues: Queues
  let worker: AtWork
  const stand = () => standOf(worker, queues, limiter)

  beforeAll(async () => {
    backend = await openBackend(await queueAddress(kind))
    queues = openQueues(backend)
    await queues.named('orders-binance').obliterate({ force: true })
    const log = pino({ level: 'silent' })
    worker = work(backend, 'orders-binance', [wishes], {}, log, { concurrency: 2, isPaused: true, limiter })
  })
  afterAll(async () => {
    await worker.close()
    await queues.close()
    await backend.close()
  })

  test('a queue that a person paused, and one that nobody takes from', async () => {
    for (const n of [1, 2, 3]) await enqueueOn(queues)(wish, { n })
    expect(await stand()).toEqual({ taken: 0, isFree: true, waiting: 3, isHeldBack: false })
    await queues.named('orders-binance').pause()
    expect(await stand()).toMatchObject({ isHeldBack: true })
    await queues.named('orders-binance').resume()
    expect(await stand()).toMatchObject({ isHeldBack: false })
  })

  test('a lane that has spent its budget', async () => {
    void worker.resume()
    while (worker.taken() < 1) await new Promise((resolve) => setTimeout(resolve, 20))
    expect(await stand()).toMatchObject({ taken: 1, waiting: 2, isHeldBack: true })
  })
})
