import type { Command } from 'commander'
import { withDatabase } from './with-database.ts'

/** `bullpen prune`: deletes what nobody needs any more, as a job does every day. */
export function prune(program: Command): void {
  program
    .command('prune')
    .description(
      'delete what nobody needs any more, as a worker does every day; never orders, fills, trades, the ledger, taken decisions or the audit log',
    )
    .option('--dry-run', 'count it only')
    .option('--json', 'for machines: {dryRun, pruned: [{what, table, rows}]}')
    .action(async ({ dryRun = false, json }: { dryRun?: boolean; json?: boolean }) => {
      const { prune: pruneAll } = await import('../maintenance/prune.ts')
      const { recordAudit } = await import('#db/audit.ts')
      const pruned = await withDatabase('prune', 'bullpen_worker', async (db) => {
        const all = await pruneAll(db, { isRehearsal: dryRun })
        const gone = all.filter(({ rows }) => rows > 0)
        const details = Object.fromEntries(gone.map(({ table, rows }) => [table, rows]))
        if (!dryRun && gone.length > 0)
          await recordAudit(db, { actor: 'command line', action: 'prune', details })
        return all
      })
      if (json) {
        console.log(JSON.stringify({ dryRun, pruned }))
        return
      }
      for (const { what, rows } of pruned) console.log(`${String(rows).padStart(9)}  ${what}`)
      if (dryRun) console.log('Nothing was deleted.')
    })
}
