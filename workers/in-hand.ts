import { availableParallelism } from 'node:os'
import type { ConnectedConfig } from '#src/config.ts'

/** Queues whose jobs are long, work a processor to the full, and lose nothing when they are left. */
const heavy = ['backtests']

/** How many jobs of a queue one process has in hand: of heavy ones as many as leave a processor to everything else. */
export function jobsAtOnce(queueName: string, config: Pick<ConnectedConfig, 'workerConcurrency'>): number {
  if (!heavy.includes(queueName)) return config.workerConcurrency
  return Math.max(1, Math.min(config.workerConcurrency, availableParallelism() - 1))
}

/** When the jobs of a queue are to be left: heavy ones as soon as the worker is to stop, others when they have had their time. */
export function leaveSignal(
  queueName: string,
  { stop, giveUp }: { readonly stop: AbortSignal; readonly giveUp: AbortSignal },
): AbortSignal {
  return heavy.includes(queueName) ? AbortSignal.any([stop, giveUp]) : giveUp
}
