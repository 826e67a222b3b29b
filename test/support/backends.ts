import { inject } from 'vitest'
import type { QueueAddress } from '#src/queue/backend.ts'
import { testDatabase } from './database.ts'

/** The stores a queue may live in; on a machine without Redis the Redis half is not run, which the run says once. */
export const backendKinds: readonly ('postgres' | 'redis')[] = inject('redisUrl')
  ? ['postgres', 'redis']
  : ['postgres']

/** A queue store of this file's own: a fresh database, or a numbered Redis database that is emptied first. */
export async function queueAddress(kind: 'postgres' | 'redis'): Promise<QueueAddress> {
  if (kind === 'postgres') return { postgresUrl: (await testDatabase()).url }
  const redisUrl = new URL(inject('redisUrl'))
  // One Redis database a test process: vitest numbers its processes from 1.
  redisUrl.pathname = `/${process.env.VITEST_POOL_ID ?? '0'}`
  return { redisUrl: redisUrl.href }
}
