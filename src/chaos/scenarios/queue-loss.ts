import { Redis } from 'ioredis'
import { enqueueOn } from '../../queue/enqueue.ts'
import { openQueues } from '../../queue/queues.ts'
import { loseAgainAndAgain } from './loss.ts'
import { jobsIn } from './redis-jobs.ts'
import type { Scenario } from './scenario.ts'
import { openStage } from './stage.ts'

/** FLUSHALL under load: whatever the queue knew is gone, its schedulers and locks included. */
export const queueLoss: Scenario = {
  times: 10,
  workers: 4,
  async play(options, closing) {
    const stage = await openStage({ ...options, backend: 'redis' }, closing, { pairsOfAccounts: 4 })
    const { backend, stores } = stage.field
    const redis = closing.adopt(new Redis(stores.redisUrl ?? ''), (each) => each.disconnect())
    const queues = closing.adopt(openQueues(backend), (each) => each.close())
    await stage.hire({ name: 'worker', count: options.workers })
    return loseAgainAndAgain(options, stage, {
      load: stage.load(enqueueOn(queues)),
      async lose() {
        const lost = await jobsIn(redis)
        await redis.flushall()
        return { jobs: lost.size }
      },
    })
  },
}
