import type { Worker } from 'bullmq'
import { jobSeconds, jobWaitSeconds } from '../metrics.ts'

/** Measures how long jobs of a worker waited and ran, by what the queue has written on them already. */
export function measured(worker: Worker): void {
  worker.on('active', ({ timestamp, delay, attemptsMade, processedOn = Date.now() }) => {
    // Of a second attempt nobody wrote when it was due.
    if (attemptsMade === 0)
      jobWaitSeconds.observe({ queue: worker.name }, Math.max(0, processedOn - timestamp - delay) / 1_000)
  })
  worker.on('completed', (job) => ran(job, 'done'))
  worker.on('failed', (job) => job && ran(job, 'failed'))

  function ran(job: { name: string; processedOn?: number; finishedOn?: number }, outcome: string): void {
    const { processedOn, finishedOn = Date.now() } = job
    if (processedOn !== undefined)
      jobSeconds.observe(
        { queue: worker.name, job: job.name, outcome },
        Math.max(0, finishedOn - processedOn) / 1_000,
      )
  }
}
