import { takeTurn } from '#db/turn.ts'
import { watchProcesses } from '#src/maintenance/watch-processes.ts'
import { memoryCheck } from '#src/queue/contracts.ts'
import { done, skipped } from '#src/queue/job.ts'
import { job } from './context.ts'

/** The advisory lock of whoever judges the processes; the number says MEMO. */
const memoryLock = 0x4d454d4f

/** Looks whether a process of the cluster takes too much memory or has died, and does what is allowed about it. */
export default job(memoryCheck, {
  schedule: async () => [{ key: 'memory-check', data: {}, everyMs: 30_000 }],

  run: (_, { db, config, log }) =>
    db.transaction().execute(async (tx) => {
      if (!(await takeTurn(tx, memoryLock))) return skipped('somebody else looks at this moment')
      await watchProcesses(tx, config, log)
      return done
    }),
})
