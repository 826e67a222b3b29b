import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Job as QueuedJob } from 'bullmq'
import type { z } from 'zod'
import { versioned } from './contract.ts'
import { placeOrder } from './contracts.ts'
import { inTime, jobOptions } from './enqueue.ts'
import type { Outcome } from './job.ts'
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

/** What became of a retry: what the handler said, why it failed, or nothing while no worker has finished it. */
export type Retried = Outcome | { readonly kind: 'waiting' }

/** A finished retry is kept for so long, so that whoever asked for it can read how it ended, in s. */
const keptS = 60
const lookMs = 100

/**
 * Has a worker try an order again, as the retry button of the board does, and waits for up to `waitMs`. When it fails it
 * shows on the board; older failures of the order are taken off it, once this one has ended.
 * @throws QueueUnreachable when the queue does not take it: then nothing happens.
 */
export async function retryOrder(
  queues: Queues,
  order: z.output<typeof placeOrder.data>,
  waitMs: number,
): Promise<Retried> {
  const queue = queues.named(placeOrder.queue(order))
  const data = versioned(placeOrder, placeOrder.data.parse({ ...order, isRetry: true }))
  const jobId = `retry-${order.orderId}-${randomUUID().slice(0, 8)}`
  const options = { ...jobOptions(placeOrder), attempts: 1, removeOnComplete: { age: keptS }, jobId }
  await inTime(queue.add(placeOrder.name, data, options), `${queue.name} did not take it`)
  const untilMs = performance.now() + waitMs
  while (performance.now() < untilMs) {
    // From here on it is asked for, whether the queue tells how it goes or not.
    const job = await inTime(queue.getJob(jobId), `${queue.name} did not say how it went`).catch(() => {})
    if (job?.finishedOn !== undefined) {
      await forgetFailed(queues, order.orderId, jobId).catch(() => {})
      return job.failedReason ? { kind: 'failed', reason: job.failedReason, advice: '' } : job.returnvalue
    }
    await sleep(lookMs)
  }
  return { kind: 'waiting' }
}

/** Takes the failed jobs of an order off the board, but for one: somebody has seen to it elsewhere. */
async function forgetFailed(queues: Queues, orderId: string, kept: string): Promise<void> {
  for (const queue of queues.all()) {
    const failed = await inTime(queue.getFailed(0, looked), `${queue.name} did not say what has failed`)
    for (const job of failed) {
      if (orderIn(job) !== orderId || job.id === kept) continue
      await inTime(job.remove(), `${queue.name} did not forget a job`)
    }
  }
}

function orderIn({ data }: QueuedJob): string | undefined {
  return typeof data?.orderId === 'string' ? data.orderId : undefined
}
