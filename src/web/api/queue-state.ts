import type { Queue } from 'bullmq'
import { z } from 'zod'
import { redactText } from '../../redact.ts'

/** Failed jobs that are told of by name; all of them are on the board. */
const mostFailures = 5

/** How one queue stands. */
export const queueState = z.object({
  name: z.string(),
  /** Jobs by state; null for a queue that did not answer. */
  counts: z.record(z.string(), z.int()).nullable(),
  /** How long the job that is next has waited; null when none waits. */
  oldestSeconds: z.number().nullable(),
  /** The newest jobs that failed for good, with where the board shows them. */
  failures: z.array(
    z.object({ job: z.string(), reason: z.string(), at: z.iso.datetime().nullable(), path: z.string() }),
  ),
})
export type QueueState = z.infer<typeof queueState>

/** Asks a queue how it stands. One that does not answer says so instead of failing what asks. */
export async function lookIntoQueue(queue: Queue): Promise<QueueState> {
  const { name } = queue
  try {
    const [counts, waiting, failed] = await Promise.all([
      queue.getJobCounts(),
      queue.getJobs(['waiting', 'prioritized'], 0, 0, true),
      queue.getJobs(['failed'], 0, mostFailures - 1),
    ])
    const [oldest] = waiting
    return {
      name,
      counts,
      oldestSeconds: oldest
        ? Math.max(0, (Date.now() - oldest.timestamp - (oldest.delay ?? 0)) / 1_000)
        : null,
      failures: failed
        .filter((job) => job !== undefined)
        .map((job) => ({
          job: job.name,
          reason: redactText(job.failedReason ?? '').slice(0, 300),
          at: job.finishedOn === undefined ? null : new Date(job.finishedOn).toISOString(),
          path: `/ops/queues/queue/${encodeURIComponent(name)}/${encodeURIComponent(job.id ?? '')}`,
        })),
    }
  } catch {
    return { name, counts: null, oldestSeconds: null, failures: [] }
  }
}
