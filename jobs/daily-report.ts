import { raiseReports } from '#src/alerts/reports.ts'
import { dailyReport } from '#src/queue/contracts.ts'
import { done } from '#src/queue/job.ts'
import { job } from './context.ts'

const everyMs = 300_000

/** Raises the reports whose hour has come, each once. */
export default job(dailyReport, {
  schedule: async () => [{ key: 'daily-report', data: {}, everyMs }],

  async run(_, { db, clock, log }) {
    const raised = await raiseReports(db, clock.wallNow())
    if (raised > 0) log.info({ raised }, 'reports are on their way')
    return done
  },
})
