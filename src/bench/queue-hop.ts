import { setTimeout as sleep } from 'node:timers/promises'
import { openBackend } from '../queue/backend.ts'
import { enqueueOn } from '../queue/enqueue.ts'
import { openQueues } from '../queue/queues.ts'
import { forkChild, nowMs } from './child.ts'
import type { Contest, Figures } from './contest.ts'
import { queueAddress, type StoreKind } from './ground.ts'
import { hop } from './queue-hop-ours.ts'
import type { Measure } from './row.ts'
import { quantile } from './statistics.ts'
import { wipe } from './throughput.ts'
import { openRawQueue } from './throughput-floor.ts'

/** How many jobs a round adds on each side, and the pause after each. */
export interface QueueHopSize {
  readonly jobs: number
  readonly pauseMs: number
}

const usualFloor = {
  redis: { p50: [0.64, 0.76], p99: [1.8, 2.1] },
  postgres: { p50: [1.16, 1.77], p99: [2.9, 3.2] },
} as const

/** From adding a job to an idle queue until its handler begins, through our contracts and without. */
export function queueHop(kind: StoreKind, { jobs, pauseMs }: QueueHopSize): Contest {
  return {
    goal: '4',
    title: `queue hop on ${kind}`,
    measures: [measureOf(kind, 'p50', 1.25), measureOf(kind, 'p99', 1.5)],
    ...(kind === 'redis' && { needs: 'redis' }),
    async open(ground, closing) {
      const address = await queueAddress(ground, kind)
      const backend = closing.adopt(await openBackend(address), (each) => each.close())
      const queues = openQueues(backend)
      closing.adopt(queues.named(hop.queue({ sentMs: 0 })), wipe)
      const raw = closing.adopt(openRawQueue(address, 'bench-hop'), wipe)
      const floor = await forkChild(
        new URL('./queue-hop-floor.ts', import.meta.url),
        { address, queueName: raw.name },
        closing,
      )
      const ours = await forkChild(new URL('./queue-hop-ours.ts', import.meta.url), { address }, closing)
      const enqueue = enqueueOn(queues)
      return async () => {
        // Job by job in turn: a slow moment of the machine meets both sides.
        for (let i = 0; i < jobs; i++) {
          await raw.add('hop', { sentMs: nowMs() }, { removeOnComplete: true })
          await sleep(pauseMs)
          await enqueue(hop, { sentMs: nowMs() })
          await sleep(pauseMs)
        }
        const figures = async (side: typeof floor): Promise<Figures> => {
          const waits = await side.ask<number[]>('waits')
          return { [`4-${kind}-p50`]: quantile(waits, 0.5), [`4-${kind}-p99`]: quantile(waits, 0.99) }
        }
        return { floor: await figures(floor), ours: await figures(ours) }
      }
    },
  }
}

function measureOf(kind: StoreKind, share: 'p50' | 'p99', atMost: number): Measure {
  const store = kind === 'redis' ? 'Redis' : 'embedded PostgreSQL'
  return {
    id: `4-${kind}-${share}`,
    metric: `queue hop, add to handler, ${store}, ${share}, ms`,
    goal: { of: 'ratio', bound: 'at most', value: atMost },
    usualFloor: usualFloor[kind][share],
  }
}
