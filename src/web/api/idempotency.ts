import { createHash } from 'node:crypto'
import type { Request } from 'express'
import { z } from 'zod'
import type { Db } from '#db/client.ts'
import { keepAnswer, takeKey } from '#db/idempotency-keys.ts'
import { invalidRequest, Problem } from '../problem.ts'

/** The header under which a program may send an unsafe request again without it happening twice. */
export const idempotencyHeader = 'idempotency-key'

export const idempotencyKey = z
  .string()
  .regex(/^[\x21-\x7e]{1,128}$/, 'must be 1 to 128 printable ASCII characters without spaces')

/** An answer, and whether it is the one of an earlier time. */
export interface Answered {
  readonly status: number
  readonly json: string
  readonly isReplayed: boolean
}

interface Once {
  readonly userId: string
  readonly request: Pick<Request, 'method' | 'originalUrl' | 'headers' | 'body'>
  /** What a success answers. */
  readonly status: number
  /** Whether the answer holds something that is shown once and kept nowhere. */
  readonly isSecret: boolean
}

/**
 * Answers a request once for each Idempotency-Key, in the transaction `tx` that does what is asked. A GET, and a request
 * without a key, are simply answered. A failure keeps nothing, so the same key may be tried again.
 * @throws Problem 422 when the key belongs to another request, 409 when its answer cannot be shown again
 */
export async function onceForKey(tx: Db, once: Once, answerNow: () => Promise<unknown>): Promise<Answered> {
  const { userId, request, status, isSecret } = once
  const key = request.method === 'GET' || request.method === 'HEAD' ? undefined : keyOf(request)
  if (key === undefined) return { status, json: JSON.stringify(await answerNow()), isReplayed: false }
  const known = await takeKey(tx, userId, { key, requestHash: hashOf(request) })
  if (known) {
    if (!known.isSameRequest) throw otherRequest()
    if (known.answer === null) throw shownOnce()
    return { status: known.status, json: known.answer, isReplayed: true }
  }
  const json = JSON.stringify(await answerNow())
  await keepAnswer(tx, userId, { key, status, answer: isSecret ? null : json })
  return { status, json, isReplayed: false }
}

function keyOf({ headers }: Pick<Request, 'headers'>): string | undefined {
  const sent = headers[idempotencyHeader]
  if (sent === undefined) return undefined
  const parsed = z.object({ [idempotencyHeader]: idempotencyKey }).safeParse({ [idempotencyHeader]: sent })
  if (!parsed.success) throw invalidRequest(parsed.error)
  return parsed.data[idempotencyHeader]
}

function hashOf({ method, originalUrl, body }: Pick<Request, 'method' | 'originalUrl' | 'body'>): Buffer {
  return createHash('sha256')
    .update(`${method} ${originalUrl}\n${JSON.stringify(body ?? null)}`)
    .digest()
}

function otherRequest(): Problem {
  return new Problem(422, 'key-reused', 'This Idempotency-Key was used for another request.', {
    advice: 'Send each request under a new key, and repeat a key with the same request alone.',
  })
}

function shownOnce(): Problem {
  return new Problem(409, 'shown-once', 'This was done, and its answer held a secret that is shown once.', {
    advice: 'Remove what was made and make another, under a new Idempotency-Key.',
  })
}
