import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { openBackend, type QueueBackend } from '#src/queue/backend.ts'
import { type Contract, contract } from '#src/queue/contract.ts'
import { checkKey, persistSnapshot, reconcileAccount, resolveOrder } from '#src/queue/contracts.ts'
import { enqueueOn } from '#src/queue/enqueue.ts'
import { done, failed, type Job, skipped } from '#src/queue/job.ts'
import { openQueues, type Queues } from '#src/queue/queues.ts'
import { keepSchedules } from '#src/queue/schedule.ts'
import { work } from '#src/queue/work.ts'
import { backendKinds, queueAddress } from '../support/backends.ts'

const wish = contract({
  name: 'wish',
  queue: 'signals',
  data: z.object({ id: z.string() }),
  attempts: 2,
  backoffMs: 10,
})
const tick = contract({ name: 'tick', queue: 'monitor', data: z.object({ shard: z.int() }), attempts: 1 })
const log = pino({ level: 'silent' })

interface Seen {
  ran: string[]
  retried: string[]
  shards: number[]
}

const wishes: Job<Seen, { id: string }> = {
  contract: wish,
  async run({ id }, seen, { isRetry }) {
    seen.ran.push(id)
    if (isRetry) seen.retried.push(id)
    if (id === 'throws') throw new Error('no luck')
    if (id === 'fails') return failed('the venue said no', 'Reduce the size')
    if (id === 'skips') return skipped('nothing to do')
    return done
  },
}

const ticks: Job<Seen, { shard: number }> = {
  contract: tick,
  schedule: async (seen) =>
    seen.shards.map((shard) => ({ key: `tick-${shard}`, data: { shard }, everyMs: 200 })),
  async run({ shard }, seen) {
    seen.ran.push(`shard ${shard}`)
    return done
  },
}

describe.each(backendKinds)('on %s', (kind) => {
  let backend: QueueBackend
  let queues: Queues
  const seen: Seen = { ran: [], retried: [], shards: [] }
  const closers: (() => Promise<void>)[] = []

  beforeAll(async () => {
    backend = await openBackend(await queueAddress(kind))
    queues = openQueues(backend)
    for (const name of ['signals', 'monitor']) await queues.named(name).obliterate({ force: true })
    for (const queue of ['signals', 'monitor']) {
      const worker = work(backend, queue, [wishes, ticks], seen, log, { concurrency: 2 })
      closers.push(() => worker.close())
    }
  })

  afterAll(async () => {
    for (const close of closers) await close()
    await queues.close()
    await backend.close()
  })

  test('what yields goes after all that waits beside it, whoever came first', async () => {
    const order: string[] = []
    const named = (name: string, yields: boolean) => {
      const own = contract({ name, queue: 'trading', data: z.object({}), attempts: 1, yields })
      const run = async () => {
        order.push(name)
        return done
      }
      return { contract: own, run }
    }
    const [cancel, stop] = [named('cancel', true), named('stop', false)]
    await queues.named('trading').obliterate({ force: true })
    const enqueue = enqueueOn(queues)
    await enqueue(cancel.contract, {})
    await enqueue(stop.contract, {})
    const worker = work(backend, 'trading', [cancel, stop], undefined, log, { concurrency: 1 })
    await expect.poll(() => order).toEqual(['stop', 'cancel'])
    await worker.close()
  })

  test('an order that may have been executed unseen is asked for before accounts are compared', async () => {
    const order: string[] = []
    const noting = <Data>(of: Contract<Data>): Job<undefined, Data> => ({
      contract: of,
      async run() {
        order.push(of.name)
        return done
      },
    })
    await queues.named('accounts').obliterate({ force: true })
    const enqueue = enqueueOn(queues)
    const accountId = '00000000-0000-4000-8000-000000000001'
    for (const slow of [reconcileAccount, persistSnapshot, checkKey]) await enqueue(slow, { accountId })
    await enqueue(resolveOrder, { orderId: accountId })
    const all = [reconcileAccount, persistSnapshot, checkKey].map((slow) => noting(slow))
    const worker = work(backend, 'accounts', [...all, noting(resolveOrder)], undefined, log, {
      concurrency: 1,
    })
    await expect
      .poll(() => order, { timeout: 30_000 })
      .toEqual(['resolve-order', 'reconcile-account', 'persist-snapshot', 'check-key'])
    await worker.close()
  })

  test('a run knows when it was due', async () => {
    const due: (number | undefined)[] = []
    const dated: Job<undefined, { id: string }> = {
      contract: contract({
        name: 'dated',
        queue: 'trading',
        data: z.object({ id: z.string() }),
        attempts: 1,
      }),
      async run(_data, _context, { dueMs }) {
        due.push(dueMs)
        return done
      },
    }
    await queues.named('trading').obliterate({ force: true })
    const beforeMs = Date.now()
    await enqueueOn(queues)(dated.contract, { id: 'late' }, { delayMs: 200 })
    const afterMs = Date.now()
    const worker = work(backend, 'trading', [dated], undefined, log, { concurrency: 1 })
    await expect.poll(() => due, { timeout: 30_000 }).toHaveLength(1)
    expect(due[0]).toBeGreaterThanOrEqual(beforeMs + 200)
    expect(due[0]).toBeLessThanOrEqual(afterMs + 200)
    await worker.close()
  })

  test('a wish that does not fit its schema is refused before it is queued', async () => {
    const enqueue = enqueueOn(queues)
    await expect(enqueue(wish, { id: 5 } as never)).rejects.toThrow(/expected string/)
    expect(await queues.named('signals').getJobCounts('wait', 'active', 'completed')).toMatchObject({
      wait: 0,
      active: 0,
    })
  })

  test('failed ends a job for good with its reason and advice, an exception is tried again', async () => {
    const enqueue = enqueueOn(queues)
    for (const id of ['fails', 'throws', 'skips', 'works']) await enqueue(wish, { id })
    const counts = await until(async () => {
      const now = await queues.named('signals').getJobCounts('failed', 'completed')
      return now.failed === 2 && now.completed === 2 ? now : undefined
    })
    expect(counts).toMatchObject({ failed: 2, completed: 2 })
    expect(seen.ran.filter((id) => id === 'fails')).toHaveLength(1)
    expect(seen.ran.filter((id) => id === 'throws')).toHaveLength(2)
    const reasons = (await queues.named('signals').getFailed()).map((job) => job.failedReason).sort()
    expect(reasons).toEqual(['no luck', 'the venue said no. Reduce the size'])
  })

  test('a person who presses retry is known from an automatic second attempt', async () => {
    const failedJobs = await queues.named('signals').getFailed()
    for (const queued of failedJobs) await queued.retry('failed')
    await until(async () => {
      const { failed: again } = await queues.named('signals').getJobCounts('failed')
      return again === 2 ? true : undefined
    })
    expect(seen.retried.sort()).toEqual(['fails', 'throws'])
  })

  test('a job that yields from now on does so by its schedule, too', async () => {
    const of = (yields: boolean): Job<Seen, { shard: number }> => ({
      ...ticks,
      contract: contract({
        name: 'tick',
        queue: 'monitor',
        data: z.object({ shard: z.int() }),
        attempts: 1,
        yields,
      }),
    })
    const priority = async () => {
      const [scheduler] = await queues.named('monitor').getJobSchedulers()
      return scheduler?.template?.opts?.priority
    }
    seen.shards = [7]
    expect(await keepSchedules(queues, [of(false)], seen)).toEqual({ added: 1, removed: 0 })
    expect(await priority()).toBeUndefined()
    expect(await keepSchedules(queues, [of(true)], seen)).toEqual({ added: 1, removed: 0 })
    expect(await priority()).toBe(1)
    expect(await keepSchedules(queues, [of(true)], seen)).toEqual({ added: 0, removed: 0 })
    seen.shards = []
    await keepSchedules(queues, [of(true)], seen)
  })

  test('schedules follow the database, and a lost queue gets them back', async () => {
    seen.shards = [0, 1]
    expect(await keepSchedules(queues, [ticks], seen)).toEqual({ added: 2, removed: 0 })
    expect(await keepSchedules(queues, [ticks], seen)).toEqual({ added: 0, removed: 0 })
    await until(async () => (seen.ran.includes('shard 0') && seen.ran.includes('shard 1') ? true : undefined))

    for (const key of ['tick-0', 'tick-1']) await queues.named('monitor').removeJobScheduler(key)
    expect(await keepSchedules(queues, [ticks], seen)).toEqual({ added: 2, removed: 0 })

    seen.shards = [1]
    expect(await keepSchedules(queues, [ticks], seen)).toEqual({ added: 0, removed: 1 })
    const left = await queues.named('monitor').getJobSchedulers()
    expect(left.map((scheduler) => scheduler.key)).toEqual(['tick-1'])

    await queues
      .named('monitor')
      .upsertJobScheduler('newer', { every: 60_000 }, { name: 'job-of-a-newer-build' })
    seen.shards = []
    expect(await keepSchedules(queues, [ticks], seen)).toEqual({ added: 0, removed: 1 })
    const others = await queues.named('monitor').getJobSchedulers()
    expect(others.map((scheduler) => scheduler.key)).toEqual(['newer'])
    await queues.named('monitor').removeJobScheduler('newer')
  })

  test('what is spread over its interval still runs soon after it was switched on', async () => {
    const spread: Job<Seen, { shard: number }> = {
      ...ticks,
      schedule: async () => [{ key: 'spread', data: { shard: 7 }, everyMs: 3_600_000, offsetMs: 1_800_100 }],
    }
    await keepSchedules(queues, [spread], seen)
    await until(async () => (seen.ran.includes('shard 7') ? true : undefined))
    await queues.named('monitor').removeJobScheduler('spread')
  })
})

/** Asks every 20 ms until there is an answer; the test's own time limit is the end. */
async function until<T>(ask: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const answer = await ask()
    if (answer !== undefined) return answer
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
