import { Problem } from '../problem.ts'
import { isProven } from '../sign-in/proof.ts'
import type { SignedIn } from '../sign-in.ts'

/**
 * What an API token may do. `read`: every GET. `trade`: close, halts, close-all. `manage`: accounts, keys, settings,
 * webhooks, backtests, alerts. `admin`: what administrators may do, for an administrator's token alone.
 */
export const scopes = ['read', 'trade', 'manage', 'admin'] as const
export type Scope = (typeof scopes)[number]

/** Who sends a request, and by what right. */
export type Caller =
  | {
      readonly kind: 'session'
      readonly user: SignedIn
      readonly sessionId: string
      /** When the person last proved who they are, by password or code; undefined when that is not known. */
      readonly provenAt: Date | undefined
    }
  | { readonly kind: 'token'; readonly user: SignedIn; readonly scopes: readonly Scope[] }

/** What a route asks of its caller. */
export interface Demand {
  readonly role?: 'admin' | undefined
  readonly isForPeople?: true | undefined
  readonly scope: Scope
  readonly isStepUp: boolean
}

/**
 * Lets a caller pass whom the demand admits. A session is a person and needs a fresh proof where a step up is asked for; a
 * token needs the scope instead.
 * @throws Problem 403 with the code `admins-only`, `session-required`, `scope-missing` or `step-up-required`
 */
export function admit(caller: Caller, { role, isForPeople, scope, isStepUp }: Demand, now: Date): void {
  if (role === 'admin' && caller.user.role !== 'admin') throw adminsOnly()
  if (caller.kind === 'token') {
    if (isForPeople) throw sessionRequired()
    if (!caller.scopes.includes(scope)) throw scopeMissing(scope)
  } else if (isStepUp && !isProven(caller.provenAt, now)) throw stepUpRequired()
}

/** Refuses what only admins may see. */
function adminsOnly(): Problem {
  return new Problem(403, 'admins-only', 'This is for administrators.', {
    advice: 'Ask an administrator, or sign in as one.',
  })
}

/** Who has a token must not be able to make others of it, nor to lock its owner out. */
function sessionRequired(): Problem {
  return new Problem(403, 'session-required', 'This is for people who are signed in, not for tokens.', {
    advice: 'Do it on the page Security of the dashboard.',
  })
}

function scopeMissing(scope: Scope): Problem {
  return new Problem(403, 'scope-missing', `The token does not have the scope ${scope}.`, {
    advice: 'Use a token that has it; scopes are chosen when a token is made.',
  })
}

function stepUpRequired(): Problem {
  return new Problem(403, 'step-up-required', 'This needs a proof of who you are from the last 10 minutes.', {
    advice: 'Enter your password, or your code when two-factor sign-in is on, and ask again.',
  })
}
