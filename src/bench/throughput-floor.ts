import { createPostgresBackend, Queue, Worker } from 'bullmq'
import type { QueueAddress } from '../queue/backend.ts'
import { answer, settingsOf } from './child.ts'
import { countWork, type WorkerSettings } from './throughput-worker.ts'

/** What bare jobs are added with. */
export const rawJobOptions = { removeOnComplete: true, removeOnFail: true }

/** BullMQ's queue and nothing else. */
export function openRawQueue(address: QueueAddress, name: string): Queue {
  const queue =
    'redisUrl' in address
      ? new Queue(name, { connection: { url: address.redisUrl, maxRetriesPerRequest: null } })
      : new Queue(
          name,
          { connection: { connectionString: address.postgresUrl, max: 4 } as never },
          createPostgresBackend as never,
        )
  queue.on('error', () => {}) // every call rejects with the same error
  return queue
}

/** BullMQ's worker and nothing else. */
export function openRawWorker(
  address: QueueAddress,
  name: string,
  handle: (job: { data: unknown }) => Promise<void>,
  concurrency: number,
): Worker {
  return 'redisUrl' in address
    ? new Worker(name, handle, {
        concurrency,
        connection: { url: address.redisUrl, maxRetriesPerRequest: null },
      })
    : new Worker(
        name,
        handle,
        { concurrency, connection: { connectionString: address.postgresUrl, max: 10 } as never },
        createPostgresBackend as never,
      )
}

if (import.meta.main) {
  const { address, queueName, jobs, concurrency } = settingsOf<WorkerSettings>()
  answer({
    work: () =>
      countWork(
        openRawWorker(address, queueName, async () => {}, concurrency),
        jobs,
      ),
  })
}
