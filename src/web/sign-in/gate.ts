import { randomUUID } from 'node:crypto'
import type { BetterAuthPlugin } from 'better-auth'
import { APIError, createAuthMiddleware, getSessionFromCtx, isAPIError } from 'better-auth/api'
import { raiseAlert } from '#db/alerts.ts'
import { recordAudit } from '#db/audit.ts'
import { asTenant, type Db } from '#db/client.ts'
import { countRequest } from '#db/rate-limits.ts'
import { forgetOverSessions } from '#db/sessions.ts'
import { forgetOldFailures, forgive, freeGuesses, takeAttempt } from '#db/sign-in-failures.ts'
import { findUserByEmail } from '#db/users.ts'
import { digestOf } from '../../secret.ts'
import { deviceOf } from './device.ts'
import { type Guessed, guessKey } from './guess-key.ts'
import { callerHeader } from './library.ts'
import { isName, weaknessOf } from './password.ts'
import { isProven } from './proof.ts'

/** What a hook of the library is given. */
type Context = Parameters<Parameters<typeof createAuthMiddleware>[0]>[0]

/** Acts of a signed-in person that ask for the password: a thief of the session must not guess it. */
const passwordPaths = [
  '/two-factor/enable',
  '/two-factor/disable',
  '/two-factor/generate-backup-codes',
  '/change-password',
]

/** Where a second factor is on, these ask for it as well. */
const stepUpPaths = ['/two-factor/disable', '/two-factor/generate-backup-codes', '/change-password']

const codePaths = ['/two-factor/verify-totp', '/two-factor/verify-backup-code']

/** A code of an app is good for the half minute before and after its own: longer than it is kept from being used again. */
const codeSeconds = 120

/** What an act is called in the audit log. */
const auditNames: Readonly<Record<string, string>> = {
  '/two-factor/disable': 'two-factor.off',
  '/two-factor/generate-backup-codes': 'two-factor.new-backup-codes',
  '/change-password': 'password.change',
  '/sign-up/email': 'user.sign-up',
}

/**
 * Stands before and after the acts of the library: guesses have to wait, a code is good once, weak passwords are refused,
 * and what was done stands in the audit log.
 */
export function gate(db: Db): BetterAuthPlugin {
  const always = () => true
  return {
    id: 'bullpen-gate',
    hooks: {
      before: [{ matcher: always, handler: createAuthMiddleware((context) => before(db, context)) }],
      after: [{ matcher: always, handler: createAuthMiddleware((context) => after(db, context)) }],
    },
  }
}

async function before(db: Db, context: Context): Promise<void> {
  const path = String(context.path)
  // A device that is trusted would need no code for a month, and nobody could see which one it is.
  if (codePaths.includes(path) && context.body?.trustDevice) throw new APIError('BAD_REQUEST')
  if (stepUpPaths.includes(path)) await requireProof(context)
  await refuseWeakPassword(path, context)
  const guessed = await guessedAt(path, context)
  if (guessed) {
    const attempt = await takeAttempt(db, guessKey(guessed))
    if (!attempt.isAllowed)
      throw new APIError('TOO_MANY_REQUESTS', {
        code: 'LOCKED_OUT',
        message: 'Too many wrong guesses',
        retryAfterSeconds: attempt.retryAfterSeconds,
      })
    if (attempt.nth === freeGuesses + 1 && 'email' in guessed) {
      await tellOwner(db, context, guessed.email)
      await forgetOldFailures(db)
    }
  }
  if (path === '/two-factor/verify-totp') await refuseUsedCode(db, context)
}

async function after(db: Db, context: Context): Promise<void> {
  if (isAPIError(context.context.returned)) return
  const path = String(context.path)
  const guessed = await guessedAt(path, context)
  if (guessed) await forgive(db, guessKey(guessed))
  const begun = context.context.newSession
  const already = context.context.session
  if (begun && !already) {
    await rememberDevice(context, begun.user.email)
    await forgetOverSessions(db)
    await note(db, context, begun.user, path === '/sign-up/email' ? 'user.sign-up' : 'sign-in')
  } else if (already && codePaths.includes(path) && !already.user.twoFactorEnabled)
    await note(db, context, already.user, 'two-factor.on')
  else if (already && auditNames[path] !== undefined) await note(db, context, already.user, auditNames[path])
}

/** Whose password or code an act guesses at; undefined for acts that guess at nothing. */
async function guessedAt(path: string, context: Context): Promise<Guessed | undefined> {
  if (path === '/sign-in/email') {
    const email = textOf(context.body?.email).toLowerCase()
    const device = await knownDevice(context, email)
    return device === undefined ? { email } : { email, device }
  }
  const isGuess = passwordPaths.includes(path) || codePaths.includes(path)
  const session = isGuess ? await getSessionFromCtx(context) : null
  // Before there is a session the library counts wrong codes by itself, and locks after ten.
  return session ? { userId: session.user.id } : undefined
}

async function requireProof(context: Context): Promise<void> {
  const found = await getSessionFromCtx(context)
  if (!found?.user.twoFactorEnabled) return
  const provenAt: unknown = found.session.provenAt
  if (provenAt instanceof Date && isProven(provenAt, new Date())) return
  throw new APIError('FORBIDDEN', { code: 'STEP_UP_REQUIRED', message: 'A fresh proof is needed' })
}

async function refuseWeakPassword(path: string, context: Context): Promise<void> {
  const { body } = context
  const isNew = path === '/sign-up/email'
  if (!isNew && path !== '/change-password') return
  const owner = isNew
    ? { email: textOf(body?.email), name: textOf(body?.name) }
    : (await getSessionFromCtx(context))?.user
  const weakness = owner && weaknessOf(textOf(isNew ? body?.password : body?.newPassword), owner)
  if (weakness !== undefined)
    throw new APIError('BAD_REQUEST', { code: 'WEAK_PASSWORD', message: `The password ${weakness}.` })
  if (isNew && !isName(textOf(body?.name)))
    throw new APIError('BAD_REQUEST', { code: 'BAD_NAME', message: 'The name must have 1 to 80 characters.' })
}

/** Who saw a code over somebody's shoulder, or on its way, cannot use it again. */
async function refuseUsedCode(db: Db, context: Context): Promise<void> {
  const userId = (await getSessionFromCtx(context))?.user.id ?? (await challengedUser(context))
  if (userId === undefined) return
  const key = `code ${digestOf(`${userId} ${textOf(context.body?.code)}`).toString('hex')}`
  const { isTooMany } = await countRequest(db, key, { most: 1, windowSeconds: codeSeconds })
  if (isTooMany) throw new APIError('UNAUTHORIZED', { code: 'INVALID_CODE', message: 'Invalid code' })
}

/** Whose code is asked for, after the right password. */
async function challengedUser(context: Context): Promise<string | undefined> {
  const cookie = context.context.createAuthCookie('two_factor')
  const challenge = await context.getSignedCookie(cookie.name, context.context.secret)
  if (!challenge) return undefined
  return (await context.context.internalAdapter.findVerificationValue(challenge))?.value
}

/** A cookie in the browser of who has signed in there: their guesses are counted apart from a stranger's. */
function deviceCookie(context: Context) {
  return context.context.createAuthCookie('known', { maxAge: 365 * 86_400 })
}

async function knownDevice(context: Context, email: string): Promise<string | undefined> {
  const value = await context.getSignedCookie(deviceCookie(context).name, context.context.secret)
  const [device, digest] = (value || '').split('!')
  return device && digest === digestOf(email).toString('hex') ? device : undefined
}

async function rememberDevice(context: Context, email: string): Promise<void> {
  const { name, attributes } = deviceCookie(context)
  const device = (await knownDevice(context, email)) ?? randomUUID()
  await context.setSignedCookie(
    name,
    `${device}!${digestOf(email).toString('hex')}`,
    context.context.secret,
    attributes,
  )
}

/** Tells the owner that somebody guesses; where nobody has that address there is nobody to tell. */
async function tellOwner(db: Db, context: Context, email: string): Promise<void> {
  const owner = await findUserByEmail(db, email)
  if (!owner) return
  await note(db, context, owner, 'sign-in.guessed', 'somebody')
  const address = context.headers?.get(callerHeader)
  await asTenant(db, owner.id, (tx) =>
    raiseAlert(tx, {
      kind: 'sign-in-guessed',
      severity: 'warning',
      userId: owner.id,
      title: 'Somebody guesses your password',
      text: `${freeGuesses} wrong passwords were tried in a row${address ? ` from ${address}` : ''}. Bullpen lets them wait longer with each; a browser in which you have signed in before does not wait.`,
      advice: 'If it was not you: switch two-factor sign-in on, on the page Security.',
    }),
  )
}

async function note(
  db: Db,
  context: Context,
  user: { readonly id: string; readonly email: string },
  action: string,
  actor = user.email,
): Promise<void> {
  const address = context.headers?.get(callerHeader)
  const details = { device: deviceOf(context.headers?.get('user-agent')), ...(address && { address }) }
  await asTenant(db, user.id, (tx) =>
    recordAudit(tx, { userId: user.id, actor, action, target: user.email, details }),
  )
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
