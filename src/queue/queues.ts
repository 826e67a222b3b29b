import type { Queue } from 'bullmq'
import type { QueueBackend } from './backend.ts'
import { queueNames } from './contracts.ts'

/** The queues of one process, opened when first named. */
export interface Queues {
  named(name: string): Queue
  /** Every queue of the register: for the board and for counts. */
  all(): Queue[]
  ping(): Promise<void>
  /** Closes the queues; the backend is closed by who opened it. */
  close(): Promise<void>
}

/** Queues on a backend. An unknown name is a defect of ours and throws. */
export function openQueues(backend: QueueBackend): Queues {
  const open = new Map<string, Queue>()
  function named(name: string): Queue {
    if (!queueNames.includes(name)) throw new Error(`no queue is called ${name}`)
    const found = open.get(name)
    if (found) return found
    const queue = backend.queue(name)
    open.set(name, queue)
    // One that could not be opened never recovers: the next who needs it opens another.
    queue.waitUntilReady().catch(() => open.get(name) === queue && open.delete(name))
    return queue
  }
  return {
    named,
    all: () => queueNames.map(named),
    ping: () => backend.ping(),
    async close() {
      await Promise.all([...open.values()].map((queue) => queue.close()))
      open.clear()
    },
  }
}
