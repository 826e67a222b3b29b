import type { Worker } from 'bullmq'
import type { QueueAddress } from '../queue/backend.ts'
import { nowMs } from './child.ts'

/** What a forked worker is told. */
export interface WorkerSettings {
  readonly address: QueueAddress
  readonly queueName: string
  readonly jobs: number
  readonly concurrency: number
}

/** What it came to, from the first finished job to the last: neither start nor connecting counts. */
export interface CountedWork {
  readonly jobsPerSecond: number
  readonly cpuMsPerJob: number
}

/** Resolves when the worker has finished so many jobs; rejects with the first error it reports. */
export function countWork(worker: Worker, jobs: number): Promise<CountedWork> {
  return new Promise((resolve, reject) => {
    let finished = 0
    let beganMs = 0
    let cpuAtBeginning: NodeJS.CpuUsage
    worker.on('error', reject)
    worker.on('failed', (_, error) => reject(error))
    worker.on('completed', () => {
      finished += 1
      if (finished === 1) {
        beganMs = nowMs()
        cpuAtBeginning = process.cpuUsage()
      }
      if (finished < jobs) return
      const { user, system } = process.cpuUsage(cpuAtBeginning)
      const counted = jobs - 1
      resolve({
        jobsPerSecond: counted / ((nowMs() - beganMs) / 1_000),
        cpuMsPerJob: (user + system) / 1_000 / counted,
      })
    })
  })
}
