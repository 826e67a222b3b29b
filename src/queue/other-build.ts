import { setTimeout as sleep } from 'node:timers/promises'
import type { Queue, Job as QueuedJob } from 'bullmq'
import { failed, type Outcome, skipped } from './job.ts'

/** From then on nobody seems to come who knows the job: a person is told. */
const patienceMs = 10 * 60_000
const firstMs = 500
const longestMs = 30_000
/** A tick is handed on so often: the next one comes by itself. */
const mostOfATick = 3

/** A store that is busy is asked again: nothing else would hand the job on. */
const mostTries = 5
const againMs = 1_000

/** What its id says: which job it was at first, and how often it was handed on. */
const handedOn = /^later-(?<first>.+)-h(?<times>\d+)$/

/**
 * Leaves a job that another build asked for to a worker that knows it: the same job is queued once more, a little later each
 * time, and this one ends. Nothing is failed and no attempt is used up; after 10 minutes without such a worker it fails.
 */
export async function leaveToOthers(
  queue: Queue,
  queued: QueuedJob,
  nowMs: number = Date.now(),
): Promise<Outcome> {
  const { first = (queued.id ?? '').replaceAll(':', '-'), times = '0' } =
    handedOn.exec(queued.id ?? '')?.groups ?? {}
  const before = Number(times)
  if (first.startsWith('repeat-') && before >= mostOfATick)
    return skipped('it is of another build: its next tick may find a worker that knows it')
  if (nowMs - queued.timestamp > patienceMs)
    return failed(
      `no worker of this build knows ${queued.name} in this version, and none of another build came for 10 minutes`,
      'Finish the deploy of the build that asked for it and retry, or remove it: what rests on it is in the database',
    )
  const { attempts, backoff, removeOnComplete, removeOnFail, priority } = queued.opts
  const options = { attempts, backoff, removeOnComplete, removeOnFail, priority }
  const later = {
    ...Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)),
    jobId: `later-${first}-h${before + 1}`,
    delay: Math.min(longestMs, firstMs * 2 ** before),
    timestamp: queued.timestamp,
  }
  // Under the same id it is queued once, however often that is asked for.
  for (let tries = 1; ; tries += 1)
    try {
      await queue.add(queued.name, queued.data, later)
      break
    } catch (error) {
      if (tries === mostTries) throw error
      await sleep(againMs)
    }
  return skipped('left to a worker of another build')
}
