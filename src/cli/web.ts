import type { Command } from 'commander'
import { runProcess } from './process.ts'

/** `bullpen web`: the dashboard, the API and Bull Board. */
export function web(program: Command): void {
  program
    .command('web')
    .description('run the web server: dashboard, API and Bull Board')
    .action(async () => {
      const { runWeb } = await import('#workers/web.ts')
      await runProcess('web', runWeb)
    })
}
