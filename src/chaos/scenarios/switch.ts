import { openBackend } from '../../queue/backend.ts'
import { type Enqueue, enqueueOn } from '../../queue/enqueue.ts'
import { openQueues, type Queues } from '../../queue/queues.ts'
import type { Member } from '../crew.ts'
import { loseAgainAndAgain } from './loss.ts'
import type { Scenario } from './scenario.ts'
import { openStage } from './stage.ts'

/** How the workers of the old store make way, by turns. */
const ways = ['rolled', 'drained', 'killed'] as const
const wayOf = (round: number) => ways[round % ways.length]

/**
 * The queue moves from one store to the other and back with work in flight: as a rollout does, where the new workers are
 * at work before the old ones drain, and as a restart does, where the old ones have drained, or were killed, before.
 */
export const switchStore: Scenario = {
  times: 9,
  workers: 4,
  async play(options, closing) {
    const stage = await openStage({ ...options, backend: 'redis' }, closing, { pairsOfAccounts: 4 })
    const { backend: redis, stores } = stage.field
    const postgres = closing.adopt(await openBackend({ postgresUrl: stores.postgresUrl }), (each) =>
      each.close(),
    )
    const sides = [redis, postgres].map((backend) => {
      const queues = closing.adopt(openQueues(backend), (each) => each.close())
      const env = backend.kind === 'redis' ? {} : { REDIS_URL: undefined }
      return { kind: backend.kind, queues, env, enqueue: enqueueOn(queues) }
    })
    const sideOf = (round: number) => sides[round % 2] as (typeof sides)[number]
    const hire = (round: number) => {
      const { kind, env } = sideOf(round)
      return stage.hire({ name: `worker-${round}-${kind}`, count: options.workers, env })
    }
    let side = 0
    let crew = await hire(side)
    const enqueue: Enqueue = (...job) => sideOf(side).enqueue(...job)
    let successors: Member[] | undefined
    return loseAgainAndAgain(options, stage, {
      load: stage.load(enqueue),
      async beforeBurst(round) {
        if (wayOf(round) === 'rolled') successors = await hire(side + 1)
      },
      async lose(round) {
        const jobs = await jobsOn(sideOf(side).queues)
        side += 1
        if (wayOf(round) === 'killed') for (const member of crew) member.kill()
        const gone = Promise.all(crew.map((member) => member.stop()))
        if (successors) {
          crew = successors
          successors = undefined
          return { jobs, beside: gone }
        }
        await gone
        const beganMs = performance.now()
        crew = await hire(side)
        return { jobs, startS: (performance.now() - beganMs) / 1_000 }
      },
    })
  },
}

async function jobsOn(queues: Queues): Promise<number> {
  const counts = await Promise.all(
    queues.all().map((queue) => queue.getJobCountByTypes('waiting', 'active', 'prioritized', 'delayed')),
  )
  return counts.reduce((total, count) => total + count, 0)
}
