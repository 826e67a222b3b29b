import { createBullBoard } from '@bull-board/api'
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter'
import { ExpressAdapter } from '@bull-board/express'
import type { Queue } from 'bullmq'
import type { RequestHandler } from 'express'
import { jobTitle, queuePurpose } from './ops-words.ts'

/** Bull Board over all queues, to be mounted at `path` behind a check of the role. */
export function bullBoard(queues: readonly Queue[], path: string): RequestHandler {
  const adapter = new ExpressAdapter()
  adapter.setBasePath(path)
  createBullBoard({
    queues: queues.map(described),
    serverAdapter: adapter,
    options: { uiConfig: { boardTitle: 'Bullpen queues', miscLinks: [{ text: 'Dashboard', url: '/' }] } },
  })
  return adapter.getRouter()
}

/** A queue with what it is for, whose jobs are called by what they are about. */
function described(queue: Queue): BullMQAdapter {
  const adapter = new BullMQAdapter(queue, { description: queuePurpose(queue.name) })
  adapter.setFormatter('name', jobTitle)
  return adapter
}
