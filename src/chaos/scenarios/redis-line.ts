import { setTimeout as sleep } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { startRedis } from '../../bench/ground.ts'
import { startWire, type Wire } from '../proxy.ts'
import { random } from '../random.ts'
import { jobsIn } from './redis-jobs.ts'

/** A Redis with a replica that can be made to lag, and the address that leads to whichever of them is the primary. */
export interface RedisLine {
  readonly url: string
  /** From now on the replica hears nothing of its primary. */
  lag(): void
  /**
   * The primary is gone and the replica takes its place, with another one behind it. `missing` jobs were acknowledged
   * and the new primary has never heard of them, `back` were done with and stand there again.
   */
  failOver(): Promise<{ readonly missing: number; readonly back: number }>
}

const lookMs = 20
/** Longer than any round. */
const lagMs = 600_000

/** One server of the line, on its way to a replica of its own. */
interface Server {
  readonly port: number
  readonly redis: Redis
}

/** Starts a primary with its replica; `folder` gives each server a place of its own. */
export async function openRedisLine(
  seed: number,
  folder: () => string,
  closing: AsyncDisposableStack,
): Promise<RedisLine> {
  let primary = await start([])
  const wire = closing.adopt(await startWire(primary.port, random(seed, 30)), (each) => each.stop())
  let { replica, between } = await follow(primary)

  async function start(more: readonly string[]): Promise<Server> {
    const url = await startRedis(folder(), closing, more)
    if (url === undefined) throw new Error('there is no redis-server on this machine')
    // A client that connected again would ask whoever listens there then to shut down: the port may be another's.
    const once = { retryStrategy: () => null, autoResendUnfulfilledCommands: false }
    const redis = closing.adopt(new Redis(url, once), (each) => each.disconnect())
    redis.on('error', () => {})
    return { port: Number(new URL(url).port), redis }
  }

  async function follow({ port }: Server): Promise<{ replica: Server; between: Wire }> {
    const between = closing.adopt(await startWire(port, random(seed, 31)), (each) => each.stop())
    const replica = await start(['--replicaof', '127.0.0.1', String(between.port)])
    while (!/master_link_status:up/.test(await replica.redis.info('replication'))) await sleep(lookMs)
    return { replica, between }
  }

  return {
    url: `redis://127.0.0.1:${wire.port}`,
    lag: () => between.swallow(lagMs),
    async failOver() {
      const [acknowledged, known] = [await jobsIn(primary.redis), await jobsIn(replica.redis)]
      await replica.redis.replicaof('NO', 'ONE')
      wire.point(replica.port)
      await primary.redis.shutdown('NOSAVE').catch(() => {}) // it answers by ending
      primary = replica
      ;({ replica, between } = await follow(primary))
      return {
        missing: [...acknowledged].filter((key) => !known.has(key)).length,
        back: [...known].filter((key) => !acknowledged.has(key)).length,
      }
    },
  }
}
