import type { Redis } from 'ioredis'

/** The keys of the order jobs that a Redis holds: those that wait, and those in a worker's hands. */
export async function jobsIn(redis: Redis): Promise<Set<string>> {
  const keys = await redis.keys('bullpen:*')
  return new Set(keys.filter((key) => /:(order|cancel|resolve|look)-[0-9a-f-]{36}-\w+$/.test(key)))
}
