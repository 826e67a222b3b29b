import { hkdfSync, randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { betterAuth } from 'better-auth'
import { verifyPassword } from 'better-auth/crypto'
import { fromNodeHeaders, toNodeHandler } from 'better-auth/node'
import { admin } from 'better-auth/plugins/admin'
import type { Logger } from 'pino'
import type { Db } from '#db/client.ts'
import { UserError } from '../errors.ts'
import type { Caller } from './api/caller.ts'
import { isOwnOrigin } from './same-origin.ts'

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
  /** Where people reach the site, and whether they were told so: unless told, any host the server answers to is the site. */
  readonly publicUrl: string
  readonly isPublicUrlFixed: boolean
  readonly signup: 'invite' | 'open'
  readonly log: Logger
}

/** Sign-in with sessions in the database. */
export interface SignIn {
  /** Answers everything under /api/auth. */
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>
  /** Who sent a request, or undefined without a valid session. */
  whoIs(request: IncomingMessage): Promise<Caller | undefined>
}

/** The header in which the web server hands the caller's address to the sign-in library, whatever the caller sent in it. */
export const callerHeader = 'x-bullpen-caller'

/** Characters of a password; the upper end bounds what one hash may cost. */
const passwordLength = { min: 12, max: 128 } as const

/** Opens sign-in over the auth schema. The library's own limits: ten attempts a minute and address, counted in the database. */
export function openSignIn(options: SignInOptions): SignIn {
  const auth = library(options)
  const handle = toNodeHandler(auth)
  return {
    handle,
    async whoIs(request) {
      const session = await auth.api.getSession({ headers: fromNodeHeaders(request.headers) })
      if (!session) return undefined
      const { id, name, email, role } = session.user
      const user: SignedIn = { id, name, email, role: role === 'admin' ? 'admin' : 'user' }
      return { kind: 'session', user, provenAt: session.session.createdAt }
    },
  }
}

export interface NewUser {
  readonly email: string
  readonly password: string
  readonly name: string
  readonly role: UserRole
}

/**
 * Makes a user who can sign in, and returns the id. `db` is connected as bullpen_app.
 * @throws UserError for a bad or taken address and for a password that is too short or too long.
 */
export async function createUser(db: Db, user: NewUser): Promise<string> {
  const { min, max } = passwordLength
  if (user.password.length < min || user.password.length > max)
    throw new UserError(`the password must have ${min} to ${max} characters, not ${user.password.length}`)
  // No session is made here, so nothing is signed and the secret may be any.
  const auth = library({
    db,
    secretKey: randomBytes(32).toString('hex'),
    publicUrl: 'http://localhost',
    isPublicUrlFixed: true,
    signup: 'invite',
  })
  try {
    const { user: made } = await auth.api.createUser({ body: { ...user } })
    return made.id
  } catch (error) {
    const code = (error as { body?: { code?: string } }).body?.code ?? ''
    if (code.startsWith('USER_ALREADY_EXISTS'))
      throw new UserError(`${user.email} is a user already`, { cause: error })
    if (code === 'INVALID_EMAIL')
      throw new UserError(`${user.email} is not an e-mail address`, { cause: error })
    throw error
  }
}

/** Whether this is the user's password. `db` is connected as bullpen_app. */
export async function isPasswordOf(db: Db, userId: string, password: string): Promise<boolean> {
  const row = await db
    .selectFrom('auth.account')
    .select('password')
    .where('userId', '=', userId)
    .where('providerId', '=', 'credential')
    .executeTakeFirst()
  return typeof row?.password === 'string' && verifyPassword({ hash: row.password, password })
}

/** The library's configuration, also read by the test that compares its tables with our migrations. */
export function library({
  db,
  secretKey,
  publicUrl,
  isPublicUrlFixed,
  signup,
  log,
}: Omit<SignInOptions, 'log'> & { log?: Logger }) {
  return betterAuth({
    appName: 'Bullpen',
    database: { db: db.withSchema('auth'), type: 'postgres', transaction: true },
    baseURL: publicUrl,
    // A key of its own, so that what signs cookies never is what seals API keys.
    secret: Buffer.from(hkdfSync('sha256', secretKey, '', 'bullpen sign-in', 32)).toString('hex'),
    trustedOrigins: (request) => {
      const origin = request?.headers.get('origin')
      const host = request?.headers.get('host') ?? undefined
      return origin && isOwnOrigin(origin, host, isPublicUrlFixed ? publicUrl : undefined) ? [origin] : []
    },
    telemetry: { enabled: false },
    emailAndPassword: {
      enabled: true,
      disableSignUp: signup !== 'open',
      minPasswordLength: passwordLength.min,
      maxPasswordLength: passwordLength.max,
    },
    session: { cookieCache: { enabled: false } },
    rateLimit: {
      enabled: true,
      storage: 'database',
      customRules: { '/sign-in/email': { window: 60, max: 10 } },
    },
    advanced: {
      cookiePrefix: 'bullpen',
      useSecureCookies: publicUrl.startsWith('https:'),
      database: { generateId: 'uuid' },
      ipAddress: { ipAddressHeaders: [callerHeader] },
    },
    // Acting as somebody else would put one person's name on another's orders.
    disabledPaths: ['/admin/impersonate-user', '/admin/stop-impersonating'],
    plugins: [admin({ defaultRole: 'user' })],
    logger: {
      log: (level, message) =>
        log?.[level === 'error' || level === 'warn' ? level : 'debug']({ source: 'sign-in' }, message),
    },
  })
}
