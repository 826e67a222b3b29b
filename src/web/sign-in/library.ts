import { randomBytes } from 'node:crypto'
import { type BetterAuthPlugin, betterAuth } from 'better-auth'
import { admin } from 'better-auth/plugins/admin'
import { twoFactor } from 'better-auth/plugins/two-factor'
import type { Logger } from 'pino'
import type { Db } from '#db/client.ts'
import { ringOf } from '../../vault/key-ring.ts'
import { isOwnOrigin } from '../same-origin.ts'
import { passwordLength } from './password.ts'

/** The header in which the web server hands the caller's address to the library, whatever the caller sent in it. */
export const callerHeader = 'x-bullpen-caller'

/** A session ends after so long without a request, and in any case after `sessionDays.most`. */
export const sessionDays = { unused: 7, most: 30 } as const

export interface LibraryOptions {
  /** Connected as bullpen_app. */
  readonly db: Db
  readonly secrets: readonly LibrarySecret[]
  /** Where people reach the site, and whether they were told so: unless told, any host the server answers to is the site. */
  readonly publicUrl: string
  readonly isPublicUrlFixed: boolean
  readonly signup: 'invite' | 'open'
  /** What of ours looks at every act of the library, after its own plugins. */
  readonly gate?: BetterAuthPlugin
  readonly log?: Logger
}

/** What the library signs and seals with; the version says which it was. */
export interface LibrarySecret {
  readonly version: number
  readonly value: string
}

/** The library's secrets, newest first: keys of their own, so that what signs cookies never is what seals API keys. */
export function librarySecrets(keys: {
  readonly secretKey: string
  readonly secretKeyPrevious: readonly string[]
}): LibrarySecret[] {
  const { all } = ringOf({ secretKey: keys.secretKey, secretKeyPrevious: [...keys.secretKeyPrevious] })
  return all.map((key) => ({
    version: Number.parseInt(key.version, 16),
    value: key.derive('sign-in', '').toString('hex'),
  }))
}

/** For what signs nothing that anybody keeps. */
export function passingSecrets(): LibrarySecret[] {
  return [{ version: 0, value: randomBytes(32).toString('hex') }]
}

/** The library that keeps passwords, codes and sessions. Its tables are compared with our migrations by a test. */
export function library(options: LibraryOptions) {
  const { db, publicUrl, isPublicUrlFixed, signup, gate, log } = options
  return betterAuth({
    appName: 'Bullpen',
    database: { db: db.withSchema('auth'), type: 'postgres', transaction: true },
    baseURL: publicUrl,
    secrets: [...options.secrets],
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
    session: {
      cookieCache: { enabled: false },
      expiresIn: sessionDays.unused * 86_400,
      updateAge: 600,
      additionalFields: { provenAt: { type: 'date', required: false, input: false } },
    },
    databaseHooks: {
      // Nobody gets a session without a password, and a code where one is asked for.
      session: { create: { before: async () => ({ data: { provenAt: new Date() } }) } },
    },
    rateLimit: {
      enabled: true,
      storage: 'database',
      customRules: {
        '/sign-in/email': { window: 60, max: 10 },
        '/sign-up/email': { window: 3_600, max: 10 },
        '/two-factor/*': { window: 60, max: 20 },
      },
    },
    advanced: {
      cookiePrefix: 'bullpen',
      useSecureCookies: publicUrl.startsWith('https:'),
      database: { generateId: 'uuid' },
      ipAddress: { ipAddressHeaders: [callerHeader] },
    },
    plugins: [
      admin({ defaultRole: 'user' }),
      twoFactor({ issuer: 'Bullpen', accountLockout: { maxFailedAttempts: 10, durationSeconds: 900 } }),
      ...(gate ? [gate] : []),
    ],
    logger: {
      log: (level, message) =>
        log?.[level === 'error' || level === 'warn' ? level : 'debug']({ source: 'sign-in' }, message),
    },
  })
}

/** The library with its configuration. */
export type Library = ReturnType<typeof library>
