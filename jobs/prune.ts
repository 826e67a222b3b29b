import { recordAudit } from '#db/audit.ts'
import { prune as pruneAll } from '#src/maintenance/prune.ts'
import { prune } from '#src/queue/contracts.ts'
import { done } from '#src/queue/job.ts'
import { job } from './context.ts'

const everyMs = 24 * 60 * 60_000

/** Deletes once a day what nobody needs any more, and writes down what went. */
export default job(prune, {
  schedule: async () => [{ key: 'prune', data: {}, everyMs, offsetMs: 4 * 60 * 60_000 }],

  async run(_, { db, log }, { signal }) {
    const pruned = (await pruneAll(db, { isRehearsal: false, signal })).filter(({ rows }) => rows > 0)
    if (pruned.length === 0) return done
    const details = Object.fromEntries(pruned.map(({ table, rows }) => [table, rows]))
    log.info({ event: 'pruned', ...details }, 'what nobody needs any more was deleted')
    await recordAudit(db, { actor: 'bullpen', action: 'prune', details })
    return { kind: 'done', note: pruned.map(({ what, rows }) => `${rows} ${what}`).join('; ') }
  },
})
