import { pino } from 'pino'
import { afterAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { openBackend } from '#src/queue/backend.ts'
import { contract } from '#src/queue/contract.ts'
import { enqueueOn, QueueUnreachable } from '#src/queue/enqueue.ts'
import { done, type Job } from '#src/queue/job.ts'
import { openQueues } from '#src/queue/queues.ts'
import { watchReach } from '#src/queue/reach.ts'
import { work } from '#src/queue/work.ts'
import { backendKinds } from '../support/backends.ts'
import { losableStore } from '../support/losable-store.ts'

const wish = contract({ name: 'wish', queue: 'signals', data: z.object({ id: z.string() }), attempts: 1 })
const log = pino({ level: 'silent' })

interface Seen {
  readonly ran: string[]
  readonly aborted: string[]
}

const wishes: Job<Seen, { id: string }> = {
  contract: wish,
  async run({ id }, seen, { signal }) {
    seen.ran.push(id)
    if (id === 'long')
      await new Promise<void>((resolve) => {
        signal.addEventListener('abort', () => {
          seen.aborted.push(id)
          resolve()
        })
      })
    return done
  },
}

describe.each(backendKinds)('a queue on %s', async (kind) => {
  const store = await losableStore(kind)
  const backend = await openBackend(store.address)
  const queues = openQueues(backend)
  const seen: Seen = { ran: [], aborted: [] }
  const changes: boolean[] = []
  const reach = watchReach(backend.ping, (isLost) => changes.push(isLost))
  const enqueue = enqueueOn(queues, reach.isLost)
  const worker = work(backend, 'signals', [wishes], seen, log, { concurrency: 2, lockMs: 1_500 })
  afterAll(async () => {
    reach.stop()
    await worker.close()
    await queues.close()
    await backend.close()
  })

  test('a handler whose lock is gone is told to stop', async () => {
    await enqueue(wish, { id: 'long' })
    await until(() => seen.ran.includes('long'))
    expect(worker.inHand()).toBe(1)
    await queues.named('signals').obliterate({ force: true })
    await until(() => seen.aborted.length === 1)
    await until(() => worker.inHand() === 0)
  })

  test('a handler whose lock cannot be renewed any more is told to stop, and nobody waits for a lost queue', async () => {
    await enqueue(wish, { id: 'long' })
    await until(() => seen.ran.length === 2)
    await store.lose()
    await expect(enqueue(wish, { id: 'never' })).rejects.toThrow()
    await until(() => reach.isLost())
    await expect(enqueue(wish, { id: 'never' })).rejects.toThrow(QueueUnreachable)
    await until(() => seen.aborted.length === 2)
  })

  test('the queue goes on when its store is back', async () => {
    await store.bringBack()
    await until(() => !reach.isLost())
    expect(changes).toEqual([true, false])
    await enqueue(wish, { id: 'after' })
    await until(() => seen.ran.includes('after'))
  })

  test('a worker takes nothing while it is paused, and goes on where it was', async () => {
    await worker.pause()
    await enqueue(wish, { id: 'paused' })
    expect(await queues.named('signals').getJobCountByTypes('waiting')).toBe(1)
    expect(seen.ran).not.toContain('paused')
    void worker.resume()
    await until(() => seen.ran.includes('paused'))
  })
})

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 20))
}
