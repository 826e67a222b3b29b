import { type Command, InvalidArgumentError } from 'commander'
import { armFrom } from '../orders/crashpoint.ts'
import { runProcess } from './process.ts'

/** `bullpen worker --queues a,b`: one worker process over some queues. */
export function worker(program: Command): void {
  program
    .command('worker')
    .description('run one worker process; any number may work on the same queues')
    .requiredOption('--queues <names>', 'the queues it works on, separated by commas', parseQueues)
    .action(async ({ queues }: { queues: string[] }) => {
      const { runWorker } = await import('#workers/worker.ts')
      await runProcess(`worker --queues ${queues.join(',')}`, (given) => {
        if (given.config.crashpoint) armFrom(given.config.crashpoint)
        return runWorker({ ...given, queues })
      })
    })
}

function parseQueues(value: string): string[] {
  const queues = value
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean)
  if (queues.length === 0) throw new InvalidArgumentError('name at least one queue.')
  return queues
}
