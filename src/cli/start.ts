import type { Command } from 'commander'
import { readConfig, secretsOf } from '../config.ts'
import { openConsole } from '../supervisor/console.ts'
import { runEverything } from '../supervisor/everything.ts'
import { machineRoles, simulatorRole } from '../supervisor/roles.ts'
import { stopSignal } from '../supervisor/stop-signal.ts'

/** `bullpen start`: everything on this machine, supervised. */
export function start(program: Command): void {
  program
    .command('start')
    .description('run everything on this machine: database, simulator, workers and web')
    .action(async () => {
      const config = readConfig()
      const { migrate } = await import('#db/migrate.ts')
      const { seedDemo } = await import('../demo/seed.ts')
      const parts = { migrate, seed: seedDemo, simulator: simulatorRole, others: machineRoles() }
      await runEverything(config, parts, openConsole(secretsOf(config)), stopSignal())
      process.exit(0)
    })
}
