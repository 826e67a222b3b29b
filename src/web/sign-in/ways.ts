import { fromNodeHeaders } from 'better-auth/node'
import type { Request, Response } from 'express'
import { countRequest } from '#db/rate-limits.ts'
import { invalidRequest } from '../problem.ts'
import { showInvitation, useInvitation } from './invitations.ts'
import { lockedOut } from './refusals.ts'
import { forgotPassword, resetPassword } from './resets.ts'
import { stepUp } from './step-up.ts'
import type { Coming, Way } from './way.ts'

const ways: readonly Way[] = [showInvitation, useInvitation, forgotPassword, resetPassword, stepUp]

/** Acts from one address in a minute: links are not to be guessed. */
const perAddress = { most: 30, windowSeconds: 60 }

/** Our own act at an address under /api/auth, or undefined. */
export function wayAt(method: string, path: string): Way | undefined {
  return method === 'POST' ? ways.find((each) => each.path === path) : undefined
}

/** Checks the body of an act and answers it. */
export async function goWay(
  { path, body, handle }: Way,
  ground: Pick<Coming<unknown>, 'db' | 'auth' | 'mailResetLink'>,
  request: Request,
  response: Response,
  sent: unknown,
): Promise<void> {
  const address = request.ip ?? 'unknown'
  const { isTooMany, retryAfterSeconds } = await countRequest(ground.db, `${path} ${address}`, perAddress)
  if (isTooMany) throw lockedOut(retryAfterSeconds)
  const read = body.safeParse(sent)
  if (!read.success) throw invalidRequest(read.error)
  const headers = fromNodeHeaders(request.headers)
  const answer = await handle({ ...ground, headers, address, body: read.data })
  response.set('cache-control', 'no-store').json(answer)
}
