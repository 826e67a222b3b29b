import type { AtWork } from '#src/queue/work.ts'

/** Makes the workers of a process take jobs or leave them to others; the queue itself is not paused. */
export function takeJobs(workers: readonly AtWork[]): { set(isTaking: boolean): void } {
  // One change after the other: a worker that is told to go on while it is still stopping would stop.
  let change = Promise.resolve<unknown>(undefined)
  return {
    set(isTaking) {
      change = change.then(() =>
        Promise.allSettled(workers.map((worker) => (isTaking ? worker.resume() : worker.pause()))),
      )
    },
  }
}
