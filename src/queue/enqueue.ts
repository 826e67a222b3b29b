import type { JobsOptions } from 'bullmq'
import type { Contract } from './contract.ts'
import type { Queues } from './queues.ts'

/** Asks for a job. `jobId` only where the same wish must not queue twice; no ':' and not a bare integer. */
export type Enqueue = <Data>(
  contract: Contract<Data>,
  data: Data,
  options?: { jobId?: string },
) => Promise<void>

/** Enqueues by contract: data that does not fit its schema throws here, before anything is queued. */
export function enqueueOn(queues: Queues): Enqueue {
  return async (contract, data, options = {}) => {
    const checked = contract.data.parse(data)
    await queues
      .named(contract.queue(checked))
      .add(contract.name, checked, { ...jobOptions(contract), ...options })
  }
}

/** How BullMQ treats jobs of a contract. Failed jobs stay, so that a person can read and retry them. */
export function jobOptions(
  contract: Pick<Contract<unknown>, 'attempts' | 'backoffMs' | 'keepCompleted'>,
): JobsOptions {
  return {
    attempts: contract.attempts,
    backoff: { type: 'exponential', delay: contract.backoffMs },
    removeOnComplete: contract.keepCompleted === 0 ? true : { count: contract.keepCompleted },
    removeOnFail: { count: 1_000 },
  }
}
