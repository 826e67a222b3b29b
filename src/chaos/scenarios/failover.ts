import { openGround } from '../../bench/ground.ts'
import { openBackend } from '../../queue/backend.ts'
import { enqueueOn } from '../../queue/enqueue.ts'
import { openQueues } from '../../queue/queues.ts'
import { loseAgainAndAgain } from './loss.ts'
import { openRedisLine } from './redis-line.ts'
import type { Scenario } from './scenario.ts'
import { openStage } from './stage.ts'

/** Failover to a replica that lags: jobs that were acknowledged are missing, and others that were done with are back. */
export const failover: Scenario = {
  times: 10,
  workers: 4,
  async play(options, closing) {
    const stage = await openStage({ ...options, backend: 'postgres' }, closing, { pairsOfAccounts: 4 })
    const line = await openRedisLine(options.seed, openGround(closing).folder, closing)
    const backend = closing.adopt(await openBackend({ redisUrl: line.url }), (each) => each.close())
    const queues = closing.adopt(openQueues(backend), (each) => each.close())
    await stage.hire({ name: 'worker', count: options.workers, env: { REDIS_URL: line.url } })
    let back = 0
    const played = await loseAgainAndAgain(options, stage, {
      load: stage.load(enqueueOn(queues)),
      beforeBurst: line.lag,
      async lose() {
        const jobs = await line.failOver()
        back += jobs.back
        return { jobs: jobs.missing }
      },
    })
    return { ...played, figures: { ...played.figures, jobsBack: back } }
  },
}
