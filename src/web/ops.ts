import { createBullBoard } from '@bull-board/api'
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter'
import { ExpressAdapter } from '@bull-board/express'
import type { Queue } from 'bullmq'
import type { RequestHandler } from 'express'

/** Bull Board over all queues, to be mounted at `path` behind a check of the role. */
export function bullBoard(queues: readonly Queue[], path: string): RequestHandler {
  const adapter = new ExpressAdapter()
  adapter.setBasePath(path)
  createBullBoard({
    queues: queues.map((queue) => new BullMQAdapter(queue)),
    serverAdapter: adapter,
    options: { uiConfig: { boardTitle: 'Bullpen queues', miscLinks: [{ text: 'Dashboard', url: '/' }] } },
  })
  return adapter.getRouter()
}
