import type { Job as QueuedJob } from 'bullmq'
import { inTime } from './enqueue.ts'
import type { Queues } from './queues.ts'

/** Failed jobs of a queue that are looked at. */
const looked = 1_000

/** The order that a job is about, by the job's id; undefined when no queue has such a job. */
export async function orderOfJob(queues: Queues, jobId: string): Promise<string | undefined> {
  for (const queue of queues.all()) {
    const job: QueuedJob | undefined = await inTime(
      queue.getJob(jobId),
      `${queue.name} did not say what it has`,
    )
    const orderId = job && orderIn(job)
    if (orderId !== undefined) return orderId
  }
  return undefined
}

/** Takes the failed jobs of an order off the board: somebody has seen to it elsewhere. Returns how many. */
export async function forgetFailed(queues: Queues, orderId: string): Promise<number> {
  let forgotten = 0
  for (const queue of queues.all()) {
    const failed = await inTime(queue.getFailed(0, looked), `${queue.name} did not say what has failed`)
    for (const job of failed) {
      if (orderIn(job) !== orderId) continue
      await inTime(job.remove(), `${queue.name} did not forget a job`)
      forgotten += 1
    }
  }
  return forgotten
}

function orderIn({ data }: QueuedJob): string | undefined {
  return typeof data?.orderId === 'string' ? data.orderId : undefined
}
