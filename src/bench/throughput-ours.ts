import { z } from 'zod'
import { createLog } from '../log.ts'
import { openBackend } from '../queue/backend.ts'
import { contract } from '../queue/contract.ts'
import { done, type Job } from '../queue/job.ts'
import { work } from '../queue/work.ts'
import { answer, settingsOf } from './child.ts'
import { countWork, type WorkerSettings } from './throughput-worker.ts'

/** A job that does nothing, declared like any other. */
export const noop = contract({
  name: 'noop',
  queue: 'bench',
  data: z.object({ userId: z.int(), symbol: z.string(), index: z.int() }),
  attempts: 3,
  keepCompleted: 0,
})

const job: Job<object, z.infer<typeof noop.data>> = { contract: noop, run: async () => done }

if (import.meta.main) {
  const { address, queueName, jobs, concurrency } = settingsOf<WorkerSettings>()
  const backend = await openBackend(address)
  const log = createLog({ level: 'warn', role: 'bench' })
  answer({ work: () => countWork(work(backend, queueName, [job], {}, log, { concurrency }), jobs) })
}
