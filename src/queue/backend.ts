import type { Processor, WorkerOptions } from 'bullmq'
import { createPostgresBackend, createRedisBackend, Queue, runMigrations, Worker } from 'bullmq'
import { BullMQOtel } from 'bullmq-otel'
import { Redis } from 'ioredis'
import pg from 'pg'
import { SteadyClient } from '../steady-client.ts'
import { isTracing } from '../tracing.ts'

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

/** A store that has not answered a question by then is taken for unreachable. */
const answerMs = 1_000
/** Nothing that is asked of a store takes longer, the blocking wait for a job (5 s) included; then the connection is dead. */
const deadMs = 15_000

function onRedis(url: string): QueueBackend {
  const connection = new Redis(url, {
    maxRetriesPerRequest: null,
    socketTimeout: deadMs,
    retryStrategy: (times) => Math.min(times * 50, 1_000),
  })
  connection.on('error', () => {}) // every command rejects with the same error, where it can be handled
  // Asked on a connection of its own that never waits for a better time.
  const probe = new Redis(url, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout: answerMs,
    connectTimeout: answerMs,
    socketTimeout: answerMs,
    retryStrategy: () => 250,
  })
  probe.on('error', () => {})
  return {
    kind: 'redis',
    queue: (name) => quiet(new Queue(name, { connection, prefix, ...tracing() }, createRedisBackend)),
    worker: (name, processor, options) =>
      new Worker(name, processor, { ...options, connection, prefix, ...tracing() }, createRedisBackend),
    async ping() {
      await probe.ping()
    },
    async close() {
      connection.disconnect()
      probe.disconnect()
    },
  }
}

async function onPostgres(url: string): Promise<QueueBackend> {
  const client = new SteadyClient({ connectionString: url })
  await client.connect()
  try {
    await runMigrations(client)
  } finally {
    await client.end()
  }
  // Each queue and worker owns a small pool: a shared one smaller than their number would hang without an error.
  const connection = {
    connectionString: url,
    max: 2,
    application_name: 'bullpen queue',
    connectionTimeoutMillis: 3_000,
    query_timeout: deadMs,
    keepAlive: true,
    Client: SteadyClient,
  }
  const asked = { connectionTimeoutMillis: answerMs, query_timeout: answerMs }
  const probe = new pg.Pool({ ...connection, ...asked, max: 1 })
  probe.on('error', () => {})
  return {
    kind: 'postgres',
    queue: (name) =>
      quiet(new Queue(name, { connection: connection as never, ...tracing() }, patientBackend as never)),
    worker: (name, processor, options) =>
      new Worker(
        name,
        processor,
        { ...options, connection: { ...connection, max: 4 } as never, ...tracing() },
        patientBackend as never,
      ),
    async ping() {
      await probe.query('select 1')
    },
    async close() {
      await probe.end()
    },
  }
}

/** Carries traces from who asks for a job to who runs it; nothing where none are sent. */
function tracing(): Pick<WorkerOptions, 'telemetry'> {
  return isTracing() ? { telemetry: new BullMQOtel({ tracerName: 'bullpen queue' }) } : {}
}

/** What the library remembers of its first connection, and does not show. */
interface Remembering {
  readyPromise: Promise<void> | undefined
  waitUntilReady(): Promise<void>
}

/**
 * The library's backend, whose first connection may fail: the library would remember that failure for as long as it
 * lives, and take no job any more. Here the next question connects anew.
 */
const patientBackend: typeof createPostgresBackend = (name, options, more) => {
  const backend = createPostgresBackend(name, options, more)
  const parts = backend as unknown as Remembering & { readonly connection: Remembering }
  const { connection } = parts
  const connect = connection.waitUntilReady.bind(connection)
  connection.waitUntilReady = () =>
    connect().catch((error: unknown) => {
      connection.readyPromise = undefined
      parts.readyPromise = undefined
      throw error
    })
  return backend
}

/** A queue's connection errors reach whoever calls it; unheard events would end the process. */
function quiet(queue: Queue): Queue {
  queue.on('error', () => {})
  return queue
}
