import type { Worker } from 'bullmq'

const lookMs = 1_000

/**
 * Aborts the handlers of a worker whose jobs it no longer holds: the store says that the lock is gone, or it could not be
 * renewed for as long as it lasts. Another worker may run the same job by then.
 */
export function watchLocks(worker: Worker, lockMs: number): void {
  const renewedAt = new Map<string, number>()
  worker.on('active', ({ id }) => id !== undefined && renewedAt.set(id, performance.now()))
  worker.on('locksRenewed', ({ jobIds }) => {
    for (const id of jobIds) if (renewedAt.has(id)) renewedAt.set(id, performance.now())
  })
  const drop = (job: { id?: string | undefined } | undefined) => renewedAt.delete(job?.id ?? '')
  worker.on('completed', drop).on('failed', drop)
  worker.on('lockRenewalFailed', (ids) => {
    for (const id of ids) worker.cancelJob(id, 'its lock was lost')
  })
  const timer = setInterval(() => {
    for (const [id, at] of renewedAt)
      if (performance.now() - at > lockMs) {
        renewedAt.delete(id)
        worker.cancelJob(id, 'its lock could not be renewed')
      }
  }, lookMs)
  timer.unref()
  worker.on('closed', () => clearInterval(timer))
}
