import { type Queue, type Job as QueuedJob, UnrecoverableError, type Worker } from 'bullmq'
import type { Logger } from 'pino'
import { z } from 'zod'
import { messageOf, VenueUnavailable } from '../errors.ts'
import { inLogScope } from '../log-scope.ts'
import { redactText } from '../redact.ts'
import type { QueueBackend } from './backend.ts'
import { versionIn } from './contract.ts'
import { watchLocks } from './held-locks.ts'
import type { AnyJob, Outcome } from './job.ts'
import { measured } from './measured.ts'
import { leaveToOthers } from './other-build.ts'

/** How a worker takes jobs from one queue. */
export interface WorkOptions {
  /** Jobs in hand at once. */
  readonly concurrency: number
  /** Cluster-wide budget of the queue: `max` jobs per `durationMs`. */
  readonly limiter?: { readonly max: number; readonly durationMs: number }
  /** Takes nothing until it is resumed. */
  readonly isPaused?: boolean
  /** Aborts every handler in hand: a worker that is to stop has waited long enough. */
  readonly giveUp?: AbortSignal
  /** How long a job is held without a sign of life of its worker; 30 s by default. */
  readonly lockMs?: number
}

/** A worker at work, and what it has in hand. */
export type AtWork = Worker & {
  /** Jobs that are being run now. */
  inHand(): number
  /** Jobs it has begun since its start. */
  taken(): number
}

const lockMs = 30_000
/** A worker that was told to wait for a rate limit looks again after this, for the limit may have been lifted. */
const longestWaitMs = 5_000
/** What the store refused to a broken connection is asked again after this; BullMQ waits 15 s. */
const askAgainMs = 1_000

/**
 * Runs the jobs of one queue until closed. What a handler returns is the job's outcome; `failed` ends it for good and
 * stays on the board with reason and advice; an exception is tried again as its contract says. Jobs that this build does not
 * know, by their name or their version, are left to others.
 */
export function work<Context>(
  backend: QueueBackend,
  queueName: string,
  jobs: readonly AnyJob<Context>[],
  context: Context,
  log: Logger,
  options: WorkOptions,
): AtWork {
  const byName = new Map(jobs.map((job) => [job.contract.name, job]))
  const held = options.lockMs ?? lockMs
  let inHand = 0
  let taken = 0
  /** Opened when a job of another build is met. */
  let own: Queue | undefined
  const worker = backend.worker(
    queueName,
    async (queued, _token, lockSignal) => {
      taken += 1
      inHand += 1
      const scope = { queue: queueName, job: queued.name, jobId: queued.id }
      try {
        return await inLogScope(scope, () => handle(queued, lockSignal))
      } finally {
        inHand -= 1
      }
    },
    {
      concurrency: options.concurrency,
      autorun: options.isPaused !== true,
      lockDuration: held,
      runRetryDelay: askAgainMs,
      maximumRateLimitDelay: longestWaitMs,
      // Two deaths of a worker must not fail an order for good: liveness belongs to the database's sweeper.
      maxStalledCount: 1_000,
      ...(options.limiter && { limiter: { max: options.limiter.max, duration: options.limiter.durationMs } }),
    },
  )

  async function handle(queued: QueuedJob, lockSignal: AbortSignal | undefined): Promise<unknown> {
    const job = byName.get(queued.name)
    if (!job || versionIn(queued.data) > job.contract.version) {
      own ??= backend.queue(queueName)
      return report(await leaveToOthers(own, queued), queued, log)
    }
    const data = job.contract.data.safeParse(queued.data)
    if (!data.success) throw new UnrecoverableError(`bad job data: ${z.prettifyError(data.error)}`)
    const signals = [lockSignal, options.giveUp].filter((signal) => signal !== undefined)
    const dueMs = queued.timestamp + (queued.opts.delay ?? 0)
    const tell = async (progress: number, line?: string) => {
      await queued.updateProgress(Math.round(progress * 100))
      if (line !== undefined) await queued.log(redactText(line))
    }
    const run = { signal: AbortSignal.any(signals), isRetry: hasFailedForGood(queued), dueMs, tell }
    const outcome = await job.run(data.data, context, run).catch(async (error: unknown) => {
      if (isLastAttempt(queued)) await tellOperator(queued, reasonsOf(error))
      throw error
    })
    return report(outcome, queued, log)
  }

  watchLocks(worker, held)
  measured(worker)
  worker.on('closed', () => void own?.close())
  worker.on('error', (error) => log.warn({ err: error, queue: queueName }, 'the queue reports an error'))
  worker.on('failed', (queued, error) => {
    const fields = { queue: queueName, job: queued?.name, jobId: queued?.id, data: queued?.data }
    if (error instanceof UnrecoverableError)
      log.warn({ ...fields, reason: error.message }, 'job failed for good')
    else log.error({ ...fields, err: error }, 'job failed')
  })
  return Object.assign(worker, { inHand: () => inHand, taken: () => taken })
}

async function report(outcome: Outcome, queued: QueuedJob, log: Logger): Promise<unknown> {
  if (outcome.kind === 'failed') {
    await tellOperator(queued, outcome)
    const error = new UnrecoverableError(`${outcome.reason}. ${outcome.advice}`)
    error.stack = error.message // the board shows it: where in the program it was said helps nobody
    throw error
  }
  if (outcome.kind === 'skipped') log.debug({ job: queued.name, reason: outcome.reason }, 'skipped')
  return outcome
}

/** Whether an exception now means that nothing tries this job again by itself. */
function isLastAttempt({ attemptsMade, opts }: QueuedJob): boolean {
  return attemptsMade + 1 >= (opts.attempts ?? 1)
}

/** Why a job gave up after its last attempt. */
function reasonsOf(error: unknown): Pick<Failed, 'reason' | 'advice'> {
  const advice = error instanceof VenueUnavailable ? error.advice : 'see the log of the worker that ran it'
  return { reason: messageOf(error), advice }
}

type Failed = Extract<Outcome, { kind: 'failed' }>

/**
 * Writes what an operator needs into the job's own log, and marks that it has failed for good: when it runs once more, a
 * person has asked for it.
 */
async function tellOperator(
  queued: QueuedJob,
  failure: Pick<Failed, 'reason' | 'advice' | 'answer'>,
): Promise<void> {
  await queued.updateProgress({ hasFailedForGood: true })
  const { reason, advice, answer } = failure
  await queued.log(`What happened: ${redactText(reason)}`)
  if (answer !== undefined) await queued.log(`The venue answered: ${redactText(answer)}`)
  await queued.log(`What to do: ${advice || 'nothing is known that helps'}`)
  await queued.log(
    'Retry looks first at what has become of it: what was sent is looked up and never sent again, what is wanted still and was certainly not executed gets a new attempt.',
  )
}

function hasFailedForGood({ progress }: QueuedJob): boolean {
  return typeof progress === 'object' && progress !== null && 'hasFailedForGood' in progress
}
