import type { RequestHandler } from 'express'
import type { Db } from '#db/client.ts'
import { countRequest } from '#db/rate-limits.ts'
import { Problem } from '../problem.ts'
import type { Caller } from './caller.ts'

/** How many requests one caller may send in a window of time, counted by all web processes together. */
export interface Rate {
  readonly most: number
  readonly windowSeconds: number
}

/** Twenty a second: a dashboard needs a tenth of it, and a program that needs more has a loop that does not wait. */
export const apiRate: Rate = { most: 1_200, windowSeconds: 60 }

/** Answers 429 to who asks too often; sessions and tokens of a user are counted apart. */
export function limitRate(db: Db, rate: Rate): RequestHandler {
  return async (_request, response, next) => {
    const { kind, user } = response.locals.caller as Caller
    const { isTooMany, retryAfterSeconds } = await countRequest(db, `api ${kind} ${user.id}`, rate)
    if (isTooMany)
      throw new Problem(429, 'too-many-requests', `More than ${rate.most} requests came within a minute.`, {
        advice: `Wait ${retryAfterSeconds} s, and ask less often; /api/v1/events tells of changes by itself.`,
        retryAfterSeconds,
      })
    next()
  }
}
