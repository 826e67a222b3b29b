import { createHash } from 'node:crypto'

/** Whom guesses are about and where they come from, as what they are counted under. */
export type Guessed =
  /** By anybody, at the password of an address: whether it has a user or not. */
  | { readonly email: string }
  /** From a browser in which that address has signed in before: nobody else can use its guesses up. */
  | { readonly email: string; readonly device: string }
  /** In a session, at its own user's password or code. */
  | { readonly userId: string }

/** The key of guesses: a digest, so that the table tells no addresses. */
export function guessKey(guessed: Guessed): string {
  const text =
    'userId' in guessed
      ? `user ${guessed.userId}`
      : 'device' in guessed
        ? `device ${guessed.device} ${guessed.email.toLowerCase()}`
        : `email ${guessed.email.toLowerCase()}`
  return createHash('sha256').update(text).digest('hex')
}
