import { inTime } from './enqueue.ts'
import type { Queues } from './queues.ts'
import type { AtWork } from './work.ts'

/** How one worker and its queue stand at a moment. */
export interface Stand {
  /** Jobs the worker has begun since its start. */
  readonly taken: number
  /** Whether it could take one more, as far as it knows. */
  readonly isFree: boolean
  /** Jobs that could be taken now. */
  readonly waiting: number
  /** Whether something holds them back: a pause, a rate limit, a limit on the whole queue. */
  readonly isHeldBack: boolean
}

/** How far apart a worker looks at where it stands. */
export const lookEveryMs = 3_000
const looksUntilStuck = 6

/**
 * Judges the stands of one worker, one look after the other: stuck when it took nothing over 15 s, though at every look
 * there was something to take and nothing held it back. Looks count and not the clock, for a frozen process has not looked.
 */
export function stuckJudge(): (stand: Stand) => boolean {
  let looks = 0
  let takenBefore: number | undefined
  return ({ taken, isFree, waiting, isHeldBack }) => {
    const isSuspicious = isFree && waiting > 0 && !isHeldBack
    if (!isSuspicious) looks = 0
    else if (taken === takenBefore && looks > 0) looks += 1
    else looks = 1
    takenBefore = taken
    return looks >= looksUntilStuck
  }
}

/** Where a worker stands. Throws when its queue does not say so within 2 s. */
export async function standOf(
  worker: AtWork,
  queues: Queues,
  limiter: { readonly max: number } | undefined,
): Promise<Stand> {
  const queue = queues.named(worker.name)
  const [waiting, isPaused, isMaxed, limitedMs] = await inTime(
    Promise.all([
      queue.getJobCountByTypes('waiting', 'prioritized'),
      queue.isPaused(),
      queue.isMaxed(),
      queue.getRateLimitTtl(limiter?.max),
    ]),
    `${worker.name} did not say how it stands`,
  )
  return {
    taken: worker.taken(),
    isFree: worker.inHand() < worker.concurrency && !worker.isPaused(),
    waiting,
    isHeldBack: isPaused || isMaxed || limitedMs > 0,
  }
}
