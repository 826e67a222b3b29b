import { afterAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { createLog } from '#src/log.ts'
import { openBackend } from '#src/queue/backend.ts'
import { contract } from '#src/queue/contract.ts'
import { enqueueOn } from '#src/queue/enqueue.ts'
import { done, type Job } from '#src/queue/job.ts'
import { openQueues } from '#src/queue/queues.ts'
import { work } from '#src/queue/work.ts'
import { untilStuck } from '#workers/stuck-watch.ts'
import { backendKinds, queueAddress } from '../support/backends.ts'

const wish = contract({ name: 'wish', queue: 'signals', data: z.object({ n: z.int() }), attempts: 1 })
const log = createLog({ level: 'silent', role: 'test' })
const lookEveryMs = 50

describe.each(backendKinds)('on %s', async (kind) => {
  const backend = await openBackend(await queueAddress(kind))
  const queues = openQueues(backend)
  const signals = queues.named('signals')
  await signals.obliterate({ force: true })
  const letGo = Promise.withResolvers<void>()
  const wishes: Job<object, { n: number }> = {
    contract: wish,
    async run() {
      await letGo.promise
      return done
    },
  }
  // It never runs until it is resumed, and believes to be at work.
  const worker = work(backend, 'signals', [wishes], {}, log, { concurrency: 1, isPaused: true })
  afterAll(async () => {
    letGo.resolve()
    await worker.close()
    await queues.close()
    await backend.close()
  })

  /** Whether the worker is found stuck within far more looks than it takes. */
  async function isFound(): Promise<boolean> {
    const watch = untilStuck([worker], { queues }, log, lookEveryMs)
    const enough = new Promise<undefined>((resolve) => setTimeout(resolve, 1_500))
    const found = await Promise.race([watch.found, enough])
    watch.stop()
    return found === 'signals'
  }

  test('a worker without jobs is idle, one of a paused queue waits, one that takes nothing is stuck, a busy one works', async () => {
    expect(await isFound()).toBe(false)
    for (const n of [1, 2]) await enqueueOn(queues)(wish, { n })
    await signals.pause()
    expect(await isFound()).toBe(false)
    await signals.resume()
    expect(await isFound()).toBe(true)
    await worker.pause()
    expect(await isFound()).toBe(false)
    void worker.resume()
    while (worker.inHand() === 0) await new Promise((resolve) => setTimeout(resolve, 20))
    expect(await isFound()).toBe(false)
  })
})
