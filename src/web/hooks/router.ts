import express, { type ErrorRequestHandler, Router } from 'express'
import type { Logger } from 'pino'
import type { Db } from '#db/client.ts'
import type { KeyRing } from '../../vault/key-ring.ts'
import { Problem } from '../problem.ts'
import { receive } from './receive.ts'

/** What the webhooks need beside the database. */
export interface HookOptions {
  /** Secrets of signed webhooks are derived from it. */
  readonly keys: KeyRing
  /** Asks a worker to take what was received. What it does not hear is taken at the next interval. */
  readonly wake: () => Promise<void>
}

/** `POST /hooks/signals/:token`: answers 202 with the id of the delivery, 200 when it came before. */
export function hooks({
  db,
  log,
  keys,
  wake,
}: HookOptions & { readonly db: Db; readonly log: Logger }): Router {
  const router = Router()
  router.post(
    '/hooks/signals/:token',
    express.text({ type: () => true, limit: '10kb' }),
    async (request, response) => {
      const receipt = await receive(db, keys, {
        token: String(request.params.token),
        body: typeof request.body === 'string' ? request.body : '',
        headers: {
          id: request.get('webhook-id'),
          timestamp: request.get('webhook-timestamp'),
          signature: request.get('webhook-signature'),
        },
        caller: request.ip ?? 'unknown',
        nowMs: Date.now(),
      })
      if (!receipt.isRepeated)
        await wake().catch((error) =>
          log.warn({ err: error }, 'the queue did not hear of a webhook delivery'),
        )
      response
        .status(receipt.isRepeated ? 200 : 202)
        .set('cache-control', 'no-store')
        .json(receipt)
    },
  )
  router.all('/hooks/{*any}', () => {
    throw new Problem(404, 'not-found', 'Webhooks take POST /hooks/signals/<token>.', {
      advice: 'Copy the whole address from the page Webhooks.',
    })
  })
  router.use(tooLong)
  return router
}

const tooLong: ErrorRequestHandler = (error, _request, _response, next) => {
  const isTooLong = (error as { type?: string }).type === 'entity.too.large'
  next(
    isTooLong
      ? new Problem(413, 'too-large', 'A delivery has at most 10 kB.', { advice: 'Send less.' })
      : error,
  )
}
