import type { Command } from 'commander'
import { runProcess } from './process.ts'

/** `bullpen simulator`: the exchange that paper accounts trade at. */
export function simulator(program: Command): void {
  program
    .command('simulator')
    .description('run the exchange simulator, at which paper accounts trade')
    .action(async () => {
      const { runSimulator } = await import('#workers/simulator.ts')
      await runProcess('simulator', runSimulator)
    })
}
