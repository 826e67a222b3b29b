import type { Queue } from 'bullmq'
import { openBackend } from '../queue/backend.ts'
import { jobOptions } from '../queue/enqueue.ts'
import { forkChild } from './child.ts'
import { type Contest, type Figures, inTurn } from './contest.ts'
import { queueAddress, type StoreKind } from './ground.ts'
import type { Measure } from './row.ts'
import { openRawQueue, rawJobOptions } from './throughput-floor.ts'
import { noop } from './throughput-ours.ts'
import type { CountedWork } from './throughput-worker.ts'

/** How much is worked off in a round, and how many jobs the worker has in hand. */
export interface ThroughputSize {
  readonly jobs: number
  readonly concurrency: number
}

const measures: Record<StoreKind, readonly Measure[]> = {
  redis: [
    {
      id: '1-throughput',
      metric: 'worker with its whole wrapper, no-op jobs, Redis, jobs/s',
      goal: { of: 'ratio', bound: 'at least', value: 0.9 },
      usualFloor: [27_800, 29_800],
    },
    {
      id: '1-cpu',
      metric: 'CPU of that worker, ms a job',
      goal: { of: 'ratio', bound: 'at most', value: 1.2 },
      usualFloor: [0.038, 0.038],
    },
  ],
  postgres: [
    {
      id: '2-throughput',
      metric: 'worker with its whole wrapper, no-op jobs, embedded PostgreSQL, jobs/s',
      goal: { of: 'ratio', bound: 'at least', value: 0.95 },
      usualFloor: [3_100, 4_110],
    },
  ],
}

/** What a worker with its whole wrapper gets done, beside a bare BullMQ worker; each in a new process a round. */
export function throughput(kind: StoreKind, size: ThroughputSize): Contest {
  return {
    goal: kind === 'redis' ? '1' : '2',
    title: `job throughput on ${kind}`,
    measures: measures[kind],
    ...(kind === 'redis' && { needs: 'redis' }),
    async open(ground, closing) {
      const address = await queueAddress(ground, kind)
      const backend = closing.adopt(await openBackend(address), (each) => each.close())
      const sides = {
        floor: {
          program: new URL('./throughput-floor.ts', import.meta.url),
          queue: (name: string) => openRawQueue(address, name),
          options: rawJobOptions,
        },
        ours: {
          program: new URL('./throughput-ours.ts', import.meta.url),
          queue: backend.queue,
          options: jobOptions(noop),
        },
      }
      let round = 0
      const measure = async (side: keyof typeof sides): Promise<Figures> => {
        await using ending = new AsyncDisposableStack()
        const queue = ending.adopt(sides[side].queue(`bench-${side}-${round++}`), wipe)
        await fill(queue, size.jobs, sides[side].options)
        const settings = { address, queueName: queue.name, ...size }
        const worker = await forkChild(sides[side].program, settings, ending)
        const { jobsPerSecond, cpuMsPerJob } = await worker.ask<CountedWork>('work')
        return { '1-throughput': jobsPerSecond, '2-throughput': jobsPerSecond, '1-cpu': cpuMsPerJob }
      }
      return inTurn(
        () => measure('floor'),
        () => measure('ours'),
      )
    },
  }
}

async function fill(queue: Queue, jobs: number, opts: object): Promise<void> {
  const atOnce = 1_000
  for (let from = 0; from < jobs; from += atOnce)
    await queue.addBulk(
      Array.from({ length: Math.min(atOnce, jobs - from) }, (_, i) => ({
        name: noop.name,
        data: { userId: i, symbol: 'BTC/USDT', index: from + i },
        opts,
      })),
    )
}

/** Leaves nothing behind in the store. */
export async function wipe(queue: Queue): Promise<void> {
  await queue.obliterate({ force: true })
  await queue.close()
}
