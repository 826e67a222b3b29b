import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { openBackend, type QueueBackend } from '#src/queue/backend.ts'
import { contract } from '#src/queue/contract.ts'
import { enqueueOn } from '#src/queue/enqueue.ts'
import { type AnyJob, done } from '#src/queue/job.ts'
import { openQueues, type Queues } from '#src/queue/queues.ts'
import { keepSchedules } from '#src/queue/schedule.ts'
import { work } from '#src/queue/work.ts'
import { backendKinds, queueAddress } from '../support/backends.ts'

const log = pino({ level: 'silent' })
const wish = contract({ name: 'wish', queue: 'signals', data: z.object({ id: z.string() }), attempts: 1 })
const newerWish = contract({
  name: 'wish',
  queue: 'signals',
  data: z.object({ id: z.string(), how: z.string().default('as ever') }),
  attempts: 1,
  version: 2,
})
const fresh = contract({ name: 'fresh', queue: 'signals', data: z.object({ id: z.string() }), attempts: 1 })

/** What each build ran: the name, the id and how. */
type Ran = string[]

const older: AnyJob<Ran>[] = [
  {
    contract: wish,
    async run({ id }, ran) {
      ran.push(`wish ${id}`)
      return done
    },
  },
]
const newer: AnyJob<Ran>[] = [
  {
    contract: newerWish,
    schedule: async () => [{ key: 'tick', data: { id: 'tick', how: 'by itself' }, everyMs: 200 }],
    async run({ id, how }, ran) {
      ran.push(`wish ${id} ${how}`)
      return done
    },
  },
  {
    contract: fresh,
    async run({ id }, ran) {
      ran.push(`fresh ${id}`)
      return done
    },
  },
]

describe.each(backendKinds)('two builds at work on %s', (kind) => {
  let backend: QueueBackend
  let queues: Queues
  const ranByOld: Ran = []
  const ranByNew: Ran = []
  const open: { close(): Promise<void> }[] = []
  const counts = () =>
    queues.named('signals').getJobCounts('waiting', 'prioritized', 'active', 'delayed', 'failed')

  /** But for those that were handed on, and whose own end then met another of the store's transactions. */
  const failures = async () =>
    (await queues.named('signals').getFailed())
      .map(({ id, failedReason }) => `${id}: ${failedReason}`)
      .filter((failure) => !/^later-.*: deadlock detected$/.test(failure))

  beforeAll(async () => {
    backend = await openBackend(await queueAddress(kind))
    queues = openQueues(backend)
    await queues.named('signals').obliterate({ force: true })
    open.push(work(backend, 'signals', older, ranByOld, log, { concurrency: 5 }))
  })
  afterAll(async () => {
    for (const each of open) await each.close()
    await queues.close()
    await backend.close()
  })

  test('what the older one does not know waits for the newer one, and none of it fails or runs twice', async () => {
    const enqueue = enqueueOn(queues)
    for (let i = 0; i < 20; i += 1) {
      await enqueue(newerWish, { id: `n${i}`, how: 'anew' }, { jobId: `wish-n${i}` })
      await enqueue(fresh, { id: `f${i}` })
      await enqueue(wish, { id: `o${i}` })
    }
    // The older one alone: it has run its own, and left the others.
    await expect.poll(() => ranByOld.length, { timeout: 30_000 }).toBe(20)
    await expect.poll(counts, { timeout: 30_000 }).toMatchObject({ delayed: 40 })
    expect(ranByNew).toEqual([])

    open.push(work(backend, 'signals', newer, ranByNew, log, { concurrency: 5 }))
    for (let i = 20; i < 30; i += 1) await enqueue(wish, { id: `o${i}` })
    await expect.poll(() => ranByNew.length + ranByOld.length, { timeout: 60_000, interval: 100 }).toBe(70)
    expect(await failures()).toEqual([])
    await expect.poll(counts).toMatchObject({ waiting: 0, prioritized: 0, active: 0, delayed: 0 })
    expect(ranByNew.filter((ran) => !/^wish o/.test(ran)).sort()).toEqual(
      Array.from({ length: 20 }, (_, i) => [`fresh f${i}`, `wish n${i} anew`])
        .flat()
        .sort(),
    )
    // Those of the version before run on either, by what each makes of them.
    const own = [...ranByOld, ...ranByNew.map((ran) => ran.replace(' as ever', ''))]
    expect(own.filter((ran) => /^wish o/.test(ran)).length).toBe(30)
    expect(new Set(own).size).toBe(70)
  })

  test('ticks that the newer one schedules are kept, though the older one takes some of them', async () => {
    ranByOld.length = 0
    ranByNew.length = 0
    await keepSchedules(queues, newer, ranByNew)
    await expect.poll(() => ranByNew.length, { timeout: 30_000 }).toBeGreaterThanOrEqual(10)
    await queues.named('signals').removeJobScheduler('tick')
    expect(new Set(ranByNew)).toEqual(new Set(['wish tick by itself']))
    expect(ranByOld).toEqual([])
    expect(await failures()).toEqual([])
  })
})
