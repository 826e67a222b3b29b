import type { Command } from 'commander'
import type { ConnectedConfig } from '../config.ts'
import { runProcess } from './process.ts'

/** `bullpen simulator`: the exchange that paper accounts trade at. */
export function simulator(program: Command): void {
  program
    .command('simulator')
    .description('run the exchange simulator, at which paper accounts trade')
    .action(async () => {
      const part: string = '#workers/simulator.ts'
      const { runSimulator } = (await import(part)) as {
        runSimulator(given: { config: ConnectedConfig; signal: AbortSignal }): Promise<void>
      }
      await runProcess('simulator', runSimulator)
    })
}
