import { Problem, signInFirst } from '../problem.ts'

/** What the library says of a refusal. */
interface Refused {
  readonly code?: string
  readonly message?: string
  readonly retryAfterSeconds?: number
}

const startAgain = () =>
  new Problem(401, 'sign-in-again', 'Signing in took too long, or too many codes were wrong.', {
    advice: 'Begin again with your address and password.',
  })

const wrongCode = () =>
  new Problem(401, 'wrong-code', 'This code is not right, or it was used before.', {
    advice: 'Wait for the next one; when none is right, set the clock of your phone by the network.',
  })

const addressTaken = () =>
  new Problem(409, 'address-taken', 'Somebody signs in with this address already.', {
    advice: 'Sign in with it, or take another.',
  })

/** Each code of the library, and of our gate, in words that help. */
const words: Readonly<Record<string, (refused: Refused) => Problem>> = {
  INVALID_EMAIL_OR_PASSWORD: () =>
    new Problem(401, 'wrong-password', 'This address and password do not belong together.', {
      advice: 'Check both; capital letters matter.',
    }),
  INVALID_EMAIL: noAddress,
  VALIDATION_ERROR: ({ message = '' }) => (/\bemail\b/i.test(message) ? noAddress() : somethingMissing()),
  INVALID_PASSWORD: () =>
    new Problem(400, 'wrong-password', 'This is not your password.', {
      advice: 'Write the one that you sign in with; capital letters matter.',
    }),
  BANNED_USER: () =>
    new Problem(403, 'user-disabled', 'This user is switched off.', {
      advice: 'Ask whoever runs this Bullpen.',
    }),
  INVALID_CODE: wrongCode,
  INVALID_BACKUP_CODE: wrongCode,
  INVALID_TWO_FACTOR_COOKIE: startAgain,
  TOO_MANY_ATTEMPTS_REQUEST_NEW_CODE: startAgain,
  ACCOUNT_TEMPORARILY_LOCKED: () => lockedOut(900),
  LOCKED_OUT: ({ retryAfterSeconds }) => lockedOut(retryAfterSeconds ?? 60),
  STEP_UP_REQUIRED: () =>
    new Problem(403, 'step-up-required', 'This needs a proof of who you are from the last 10 minutes.', {
      advice: 'Enter your code, and ask again.',
    }),
  WEAK_PASSWORD: ({ message = '' }) =>
    new Problem(400, 'weak-password', message, { advice: 'Choose another one; long beats complicated.' }),
  PASSWORD_TOO_SHORT: () => weakPassword('must have 12 to 128 characters'),
  PASSWORD_TOO_LONG: () => weakPassword('must have 12 to 128 characters'),
  BAD_NAME: ({ message = '' }) =>
    new Problem(400, 'no-name', message, { advice: 'Say what we may call you.' }),
  TOTP_ALREADY_ENABLED: () =>
    new Problem(409, 'two-factor-on', 'Two-factor sign-in is on already.', {
      advice: 'Switch it off first to set up another app.',
    }),
  TOTP_NOT_ENABLED: twoFactorOff,
  BACKUP_CODES_NOT_ENABLED: twoFactorOff,
  TWO_FACTOR_NOT_ENABLED: twoFactorOff,
  EMAIL_PASSWORD_SIGN_UP_DISABLED: invitationNeeded,
  EMAIL_AND_PASSWORD_SIGN_UP_IS_NOT_ENABLED: invitationNeeded,
  USER_ALREADY_EXISTS: addressTaken,
  USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL: addressTaken,
  UNAUTHORIZED: signInFirst,
}

function noAddress(): Problem {
  return new Problem(400, 'no-address', 'This is not an e-mail address.', {
    advice: 'Write it as name@example.com.',
  })
}

function somethingMissing(): Problem {
  return new Problem(400, 'invalid-request', 'Something is missing, or is not text.', {
    advice: 'Fill in every field.',
  })
}

function twoFactorOff(): Problem {
  return new Problem(409, 'two-factor-off', 'Two-factor sign-in is not on.', {
    advice: 'Switch it on on the page Security.',
  })
}

function invitationNeeded(): Problem {
  return new Problem(403, 'invitation-needed', 'New users come by invitation here.', {
    advice: 'Ask whoever runs this Bullpen for one.',
  })
}

/** A password that is too easy to guess; `weakness` follows "the password …". */
export function weakPassword(weakness: string): Problem {
  return words.WEAK_PASSWORD?.({ message: `The password ${weakness}.` }) as Problem
}

/** Somebody has to wait before the next guess. */
export function lockedOut(retryAfterSeconds: number): Problem {
  const wait =
    retryAfterSeconds > 90 ? `${Math.ceil(retryAfterSeconds / 60)} minutes` : `${retryAfterSeconds} s`
  return new Problem(429, 'too-many-attempts', 'Too many attempts.', {
    advice: `Wait ${wait}, then try again. A browser in which you have signed in before does not wait for others’ attempts.`,
    retryAfterSeconds,
  })
}

/** A link that opens nothing: the same for used, expired, taken back and made up. */
export function deadLink(): Problem {
  return new Problem(410, 'dead-link', 'This link is used up, too old, or not whole.', {
    advice: 'Ask whoever sent it for a new one.',
  })
}

/** What the library answered, as a problem of ours. */
export function refusalOf(status: number, refused: Refused, retryAfterSeconds: number | undefined): Problem {
  const known = words[refused.code ?? '']
  if (known) return known(refused)
  if (status === 429) return lockedOut(retryAfterSeconds ?? refused.retryAfterSeconds ?? 60)
  if (status === 401) return signInFirst()
  if (status === 403)
    return new Problem(403, 'cross-site', 'The request did not come from this site.', {
      advice: 'Send it from the dashboard.',
    })
  if (status >= 500)
    return new Problem(500, 'internal', 'Something went wrong on our side.', {
      advice: 'Try again in a moment.',
    })
  return new Problem(status === 404 ? 404 : 400, 'bad-request', 'The request cannot be understood.', {
    advice: 'Load the page again.',
  })
}
