import type { Contract } from './contract.ts'
import { inTime } from './enqueue.ts'
import type { Queues } from './queues.ts'

const waiting = ['waiting', 'prioritized', 'delayed', 'paused']

/** Whether a job of that id waits for a worker, or for its next attempt. Throws QueueUnreachable after 2 s. */
export type IsWaiting = <Data>(contract: Contract<Data>, data: Data, jobId: string) => Promise<boolean>

/** Looks into the queues of a process. A job that a worker holds does not wait: its worker may be dead. */
export function isWaitingIn(queues: Queues): IsWaiting {
  return async (contract, data, jobId) => {
    const name = contract.queue(data)
    const state = await inTime(queues.named(name).getJobState(jobId), `${name} did not speak of ${jobId}`)
    return waiting.includes(state)
  }
}
