import { z } from 'zod'
import { createLog } from '../log.ts'
import { openBackend, type QueueAddress } from '../queue/backend.ts'
import { contract } from '../queue/contract.ts'
import { done, type Job } from '../queue/job.ts'
import { work } from '../queue/work.ts'
import { answer, nowMs, settingsOf } from './child.ts'

/** A job that says when it was asked for, on a queue of the register. */
export const hop = contract({
  name: 'hop',
  queue: 'monitor',
  data: z.object({ sentMs: z.number() }),
  attempts: 3,
  keepCompleted: 0,
})

if (import.meta.main) {
  const { address } = settingsOf<{ address: QueueAddress }>()
  let waits: number[] = []
  const job: Job<object, z.infer<typeof hop.data>> = {
    contract: hop,
    async run({ sentMs }) {
      waits.push(nowMs() - sentMs)
      return done
    },
  }
  const log = createLog({ level: 'warn', role: 'bench' })
  const worker = work(await openBackend(address), 'monitor', [job], {}, log, { concurrency: 8 })
  await worker.waitUntilReady()
  answer({
    waits() {
      const seen = waits
      waits = []
      return seen
    },
  })
}
