import { text } from 'node:stream/consumers'
import { fromNodeHeaders } from 'better-auth/node'
import type { Request, Response } from 'express'
import type { Logger } from 'pino'
import type { Db } from '#db/client.ts'
import { endSession } from '#db/sessions.ts'
import type { Caller } from './api/caller.ts'
import { Problem } from './problem.ts'
import { bearerOf, callerOfToken } from './sign-in/bearer.ts'
import { forward, isForwarded, notForwarded } from './sign-in/forward.ts'
import { gate } from './sign-in/gate.ts'
import { callerHeader, type Library, library, librarySecrets, sessionDays } from './sign-in/library.ts'
import { sealCodesAnew } from './sign-in/reseal.ts'
import { signedIn } from './sign-in/signed-in.ts'
import { goWay, wayAt } from './sign-in/ways.ts'

export { callerHeader } from './sign-in/library.ts'
export { createUser, isPasswordOf } from './sign-in/new-user.ts'

/** Roles a user may have; admins also see the operation of the cluster, never another tenant's rows. */
export const userRoles = ['user', 'admin'] as const
export type UserRole = (typeof userRoles)[number]

/** Who is signed in. */
export interface SignedIn {
  readonly id: string
  readonly name: string
  readonly email: string
  readonly role: UserRole
}

export interface SignInOptions {
  /** Connected as bullpen_app. */
  readonly db: Db
  readonly secretKey: string
  /** What was sealed under these is sealed anew. */
  readonly secretKeyPrevious?: readonly string[]
  /** Where people reach the site, and whether they were told so: unless told, any host the server answers to is the site. */
  readonly publicUrl: string
  readonly isPublicUrlFixed: boolean
  readonly signup: 'invite' | 'open'
  /** Lets a link to choose a new password be mailed; undefined where no mail can be sent. */
  readonly mailResetLink?: ((userId: string) => Promise<void>) | undefined
  readonly log: Logger
}

/** Sign-in with sessions in the database. */
export interface SignIn {
  /** Answers everything under /api/auth; what it refuses it throws as a Problem. */
  handle(request: Request, response: Response): Promise<void>
  /**
   * Who sent a request, or undefined without a valid session. A session that is used lives on, which the response tells the
   * browser.
   * @throws Problem for a token that opens nothing
   */
  whoIs(request: Request, response?: Response): Promise<Caller | undefined>
}

/** Bytes of what is sent to sign in. */
const mostBytes = 10_000

/** Opens sign-in over the auth schema. Guesses are counted in the database, so that every web process knows them. */
export function openSignIn({ secretKey, secretKeyPrevious = [], ...options }: SignInOptions): SignIn {
  const { db, publicUrl, log, signup, mailResetLink: mail } = options
  const secrets = librarySecrets({ secretKey, secretKeyPrevious })
  const auth = library({ ...options, secrets, gate: gate(db) })
  const mailResetLink =
    mail &&
    ((userId: string) => void mail(userId).catch((error) => log.error({ err: error }, 'no link was mailed')))
  sealCodesAnew(db, secrets).catch((error) =>
    log.error({ err: error }, 'second factors could not be sealed under the new SECRET_KEY'),
  )
  return {
    async handle(request, response) {
      const path = request.path.slice('/api/auth'.length)
      if (bearerOf(request) !== undefined) throw forPeople()
      if (request.method === 'GET' && path === '/ways')
        return void response.json({ signUp: signup, mailsLinks: mail !== undefined })
      const way = wayAt(request.method, path)
      if (!way && !isForwarded(request.method, path)) throw notForwarded(path)
      const body = await bodyOf(request)
      if (way) return goWay(way, { db, auth, mailResetLink }, request, response, parsed(body))
      const url = new URL(request.originalUrl, publicUrl)
      await forward(auth, request, response, { url, body })
    },
    async whoIs(request, response) {
      const token = bearerOf(request)
      if (token !== undefined) return callerOfToken(db, token, request.ip ?? 'unknown')
      return callerOfSession(db, auth, request, response)
    },
  }
}

async function callerOfSession(
  db: Db,
  auth: Library,
  request: Request,
  response: Response | undefined,
): Promise<Caller | undefined> {
  if (request.headers.cookie === undefined) return undefined
  const headers = fromNodeHeaders(request.headers)
  headers.set(callerHeader, request.ip ?? '')
  // Where nobody hears of a longer life, none is given: the browser would forget the session before the server does.
  const query = response ? {} : { disableRefresh: true }
  const answer = await auth.api.getSession({ headers, query, returnHeaders: true })
  if (!answer.response) return undefined
  const { user, session } = answer.response
  const isTooOld = Date.now() - session.createdAt.getTime() > sessionDays.most * 86_400_000
  if (isTooOld) await endSession(db, user.id, session.id)
  if (isTooOld || user.banned) return undefined
  for (const cookie of answer.headers.getSetCookie()) response?.append('set-cookie', cookie)
  return {
    kind: 'session',
    user: signedIn(user),
    sessionId: session.id,
    provenAt: session.provenAt ?? undefined,
  }
}

async function bodyOf(request: Request): Promise<string> {
  if (Number(request.headers['content-length'] ?? 0) > mostBytes || request.headers['transfer-encoding'])
    throw new Problem(413, 'too-large', 'The body of the request is too large.', {
      advice: `Send less than ${mostBytes / 1_000} kB, and say how much.`,
    })
  return text(request)
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    throw new Problem(400, 'invalid-json', 'The body of the request is not JSON.', {
      advice: 'Send a JSON object with content-type application/json.',
    })
  }
}

function forPeople(): Problem {
  return new Problem(403, 'session-required', 'Tokens are for the API: signing in is for people.', {
    advice: 'Leave the Authorization header out.',
  })
}
