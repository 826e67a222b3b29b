import { openBackend } from '../../queue/backend.ts'
import { type Enqueue, enqueueOn } from '../../queue/enqueue.ts'
import { openQueues } from '../../queue/queues.ts'
import type { Member } from '../crew.ts'
import { loseAgainAndAgain } from './loss.ts'
import type { Scenario } from './scenario.ts'
import { openStage } from './stage.ts'

/**
 * The queue moves from one store to the other and back with work in flight. By turns its workers are drained while the
 * new ones start, as a rollout does, and killed before the new ones start.
 */
export const switchStore: Scenario = {
  times: 8,
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
    const hire = (round: number) => {
      const { kind, env } = sides[round % 2] as (typeof sides)[number]
      return stage.hire({ name: `worker-${round}-${kind}`, count: options.workers, env })
    }
    let round = 0
    let crew = await hire(round)
    const enqueue: Enqueue = (...job) => (sides[round % 2] as (typeof sides)[number]).enqueue(...job)
    return loseAgainAndAgain(options, stage, {
      load: stage.load(enqueue),
      async lose() {
        const { queues } = sides[round % 2] as (typeof sides)[number]
        const left = await Promise.all(
          queues
            .all()
            .map((queue) => queue.getJobCountByTypes('waiting', 'active', 'prioritized', 'delayed')),
        )
        round += 1
        const old = crew
        const isRollout = round % 4 < 2
        if (!isRollout) await end(old, 'killed')
        const starting = hire(round)
        if (isRollout) await end(old, 'drained')
        crew = await starting
        return left.reduce((total, count) => total + count, 0)
      },
    })
  },
}

async function end(crew: readonly Member[], how: 'killed' | 'drained'): Promise<void> {
  if (how === 'killed') for (const member of crew) member.kill()
  await Promise.all(crew.map((member) => member.stop()))
}
