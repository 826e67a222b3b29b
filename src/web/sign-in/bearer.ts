import type { IncomingMessage } from 'node:http'
import { openApiToken } from '#db/api-tokens.ts'
import type { Db } from '#db/client.ts'
import { countRequest, forgetRequests } from '#db/rate-limits.ts'
import { digestOf } from '../../secret.ts'
import type { Caller } from '../api/caller.ts'
import { Problem } from '../problem.ts'
import { signedIn } from './signed-in.ts'

/** What tokens begin with, so that whoever finds one knows where it belongs. */
export const tokenPrefix = 'bp_'

/** Wrong tokens from one address in a minute. */
const perStranger = { most: 20, windowSeconds: 60 }

/** The token of a request; undefined when it comes without one, and a cookie may count. */
export function bearerOf(request: IncomingMessage): string | undefined {
  return /^bearer +(\S+) *$/i.exec(request.headers.authorization ?? '')?.[1]
}

/**
 * Who sends a request with a token. A cookie beside it counts for nothing.
 * @throws Problem 401 for one that opens nothing, 429 for somebody who tries many
 */
export async function callerOfToken(db: Db, token: string, address: string): Promise<Caller> {
  const opened = token.startsWith(tokenPrefix) ? await openApiToken(db, digestOf(token)) : undefined
  if (opened) return { kind: 'token', user: signedIn(opened.user), scopes: opened.token.scopes }
  const counted = await countRequest(db, `stranger token ${address}`, perStranger)
  if (counted.nth === 1) await forgetRequests(db, 86_400)
  if (counted.isTooMany)
    throw new Problem(429, 'too-many', 'Too many wrong tokens.', {
      advice: `Come back in ${counted.retryAfterSeconds} s.`,
      retryAfterSeconds: counted.retryAfterSeconds,
    })
  throw new Problem(401, 'invalid-token', 'This token opens nothing: it is wrong, revoked or expired.', {
    advice: 'Make a new one on the page Security.',
  })
}
