import type { JobsOptions } from 'bullmq'
import { type Contract, versioned } from './contract.ts'
import type { Queues } from './queues.ts'

/** A queue that has not taken a job by then is given up: whoever asked has better things to do. */
const patienceMs = 2_000

/** The queue did not take a job in time. What rests on it must be durable elsewhere; the job may still arrive later. */
export class QueueUnreachable extends Error {
  override readonly name = 'QueueUnreachable'
}

/**
 * Asks for a job, to be run after `delayMs` when that is given. `jobId` only where the same wish must not queue twice; no
 * ':' and not a bare integer.
 */
export type Enqueue = <Data>(
  contract: Contract<Data>,
  data: Data,
  options?: { jobId?: string; delayMs?: number },
) => Promise<void>

/**
 * Enqueues by contract: data that does not fit its schema throws here, before anything is queued. Throws QueueUnreachable
 * after 2 s, or at once while `isLost` says that the queue is.
 */
export function enqueueOn(queues: Queues, isLost: () => boolean = () => false): Enqueue {
  return async (contract, data, { jobId, delayMs } = {}) => {
    const checked = contract.data.parse(data)
    if (isLost()) throw new QueueUnreachable(`${contract.name} was not queued: the queue is lost`)
    const name = contract.queue(checked)
    await inTime(
      queues.named(name).add(contract.name, versioned(contract, checked), {
        ...jobOptions(contract),
        ...(jobId !== undefined && { jobId }),
        ...(delayMs !== undefined && { delay: delayMs }),
      }),
      `${name} did not take ${contract.name}`,
    )
  }
}

/** Whether the queue took a job. A queue that is lost keeps nobody from going on: what rests on it is in Postgres. */
export async function unlessLost(asking: Promise<void>): Promise<boolean> {
  try {
    await asking
    return true
  } catch (error) {
    if (error instanceof QueueUnreachable) return false
    throw error
  }
}

/** The answer of a queue, or QueueUnreachable after 2 s: its commands wait for a connection, however long that takes. */
export async function inTime<T>(answer: Promise<T>, otherwise: string): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(
    () => reject(new QueueUnreachable(`${otherwise} within ${patienceMs / 1_000} s`)),
    patienceMs,
  )
  answer.catch(() => {}) // when it fails after nobody waits for it any more
  try {
    return await Promise.race([answer, late])
  } finally {
    clearTimeout(timer)
  }
}

/** How BullMQ treats jobs of a contract. Failed jobs stay, so that a person can read and retry them. */
export function jobOptions(
  contract: Pick<Contract<unknown>, 'attempts' | 'backoffMs' | 'keepCompleted' | 'yields'>,
): JobsOptions {
  return {
    attempts: contract.attempts,
    ...(contract.yields && { priority: 1 }),
    backoff: { type: 'exponential', delay: contract.backoffMs },
    removeOnComplete: contract.keepCompleted === 0 ? true : { count: contract.keepCompleted },
    removeOnFail: { count: 1_000 },
  }
}
