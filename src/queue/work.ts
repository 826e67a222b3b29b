import { type Job as QueuedJob, UnrecoverableError, type Worker } from 'bullmq'
import type { Logger } from 'pino'
import { z } from 'zod'
import type { QueueBackend } from './backend.ts'
import type { AnyJob, Outcome } from './job.ts'

/** How a worker takes jobs from one queue. */
export interface WorkOptions {
  /** Jobs in hand at once. */
  readonly concurrency: number
  /** Cluster-wide budget of the queue: `max` jobs per `durationMs`. */
  readonly limiter?: { readonly max: number; readonly durationMs: number }
}

/**
 * Runs the jobs of one queue until closed. What a handler returns is the job's outcome; `failed` ends it for good and
 * stays on the board with reason and advice; an exception is tried again as its contract says.
 */
export function work<Context>(
  backend: QueueBackend,
  queueName: string,
  jobs: readonly AnyJob<Context>[],
  context: Context,
  log: Logger,
  options: WorkOptions,
): Worker {
  const byName = new Map(jobs.map((job) => [job.contract.name, job]))
  const closing = new AbortController()
  const worker = backend.worker(
    queueName,
    async (queued) => {
      const job = byName.get(queued.name)
      if (!job) throw new UnrecoverableError(`this build knows no job ${queued.name}; a newer one does`)
      const data = job.contract.data.safeParse(queued.data)
      if (!data.success) throw new UnrecoverableError(`bad job data: ${z.prettifyError(data.error)}`)
      const run = { signal: closing.signal, isRetry: hasFailedForGood(queued) }
      return report(await job.run(data.data, context, run), queued, log)
    },
    {
      concurrency: options.concurrency,
      // Two deaths of a worker must not fail an order for good: liveness belongs to the database's sweeper.
      maxStalledCount: 1_000,
      ...(options.limiter && { limiter: { max: options.limiter.max, duration: options.limiter.durationMs } }),
    },
  )
  worker.on('error', (error) => log.warn({ err: error, queue: queueName }, 'the queue reports an error'))
  worker.on('failed', (queued, error) => {
    const fields = { queue: queueName, job: queued?.name, jobId: queued?.id, data: queued?.data }
    if (error instanceof UnrecoverableError)
      log.warn({ ...fields, reason: error.message }, 'job failed for good')
    else log.error({ ...fields, err: error }, 'job failed')
  })
  worker.on('closing', () => closing.abort())
  return worker
}

async function report(outcome: Outcome, queued: QueuedJob, log: Logger): Promise<unknown> {
  if (outcome.kind === 'failed') {
    // Kept with the job: when it runs once more, a person has asked for it.
    await queued.updateProgress({ hasFailedForGood: true })
    throw new UnrecoverableError(`${outcome.reason}. ${outcome.advice}`)
  }
  if (outcome.kind === 'skipped') log.debug({ job: queued.name, reason: outcome.reason }, 'skipped')
  return outcome
}

function hasFailedForGood({ progress }: QueuedJob): boolean {
  return typeof progress === 'object' && progress !== null && 'hasFailedForGood' in progress
}
