import type { Processor, WorkerOptions } from 'bullmq'
import { createPostgresBackend, createRedisBackend, Queue, runMigrations, Worker } from 'bullmq'
import { Redis } from 'ioredis'
import pg from 'pg'

/** Where queues live. Exactly one of the two: Redis in production, PostgreSQL otherwise. */
export type QueueAddress = { readonly redisUrl: string } | { readonly postgresUrl: string }

/** Makes queues and workers on one store, and tells whether it answers. */
export interface QueueBackend {
  readonly kind: 'redis' | 'postgres'
  queue(name: string): Queue
  worker(name: string, processor: Processor, options: Omit<WorkerOptions, 'connection'>): Worker
  /** Resolves when the store answers; rejects with its error. */
  ping(): Promise<void>
  close(): Promise<void>
}

/** Opens the queue's store; creates or updates BullMQ's tables when it is PostgreSQL. */
export async function openBackend(address: QueueAddress): Promise<QueueBackend> {
  return 'redisUrl' in address ? onRedis(address.redisUrl) : await onPostgres(address.postgresUrl)
}

const prefix = 'bullpen'

function onRedis(url: string): QueueBackend {
  const connection = new Redis(url, { maxRetriesPerRequest: null })
  connection.on('error', () => {}) // every command rejects with the same error, where it can be handled
  return {
    kind: 'redis',
    queue: (name) => quiet(new Queue(name, { connection, prefix }, createRedisBackend)),
    worker: (name, processor, options) =>
      new Worker(name, processor, { ...options, connection, prefix }, createRedisBackend),
    async ping() {
      await connection.ping()
    },
    async close() {
      connection.disconnect()
    },
  }
}

async function onPostgres(url: string): Promise<QueueBackend> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await runMigrations(client)
  } finally {
    await client.end()
  }
  // Each queue and worker owns a small pool: a shared one smaller than their number would hang without an error.
  const connection = { connectionString: url, max: 2, application_name: 'bullpen queue' }
  const probe = new pg.Pool({ ...connection, max: 1 })
  probe.on('error', () => {})
  return {
    kind: 'postgres',
    queue: (name) =>
      quiet(new Queue(name, { connection: connection as never }, createPostgresBackend as never)),
    worker: (name, processor, options) =>
      new Worker(
        name,
        processor,
        { ...options, connection: { ...connection, max: 4 } as never },
        createPostgresBackend as never,
      ),
    async ping() {
      await probe.query('select 1')
    },
    async close() {
      await probe.end()
    },
  }
}

/** A queue's connection errors reach whoever calls it; unheard events would end the process. */
function quiet(queue: Queue): Queue {
  queue.on('error', () => {})
  return queue
}
