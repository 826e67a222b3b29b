import type { Command } from 'commander'
import { readConfig } from '../config.ts'
import { connected } from '../database/connected.ts'

/** `bullpen migrate`: brings the database to the newest schema; a deploy runs it before its new processes start. */
export function migrate(program: Command): void {
  program
    .command('migrate')
    .description('bring the database to the newest schema')
    .action(async () => {
      const { migrate: toNewest } = await import('#db/migrate.ts')
      const applied = await connected(readConfig(), 'migrate', ({ databaseUrl }) => toNewest(databaseUrl))
      for (const name of applied) console.log(`applied ${name}`)
      if (applied.length === 0) console.log('The schema is up to date.')
    })
}
