import { createHash, randomBytes } from 'node:crypto'

/** A secret of 256 bits that is told once, and what is kept of it. */
export interface Secret {
  readonly text: string
  /** SHA-256: enough to know the secret again, and nothing to guess it from. */
  readonly digest: Buffer
}

/** Makes a secret; `prefix` says to whoever finds it what it is. */
export function newSecret(prefix = ''): Secret {
  const text = `${prefix}${randomBytes(32).toString('base64url')}`
  return { text, digest: digestOf(text) }
}

/** What is kept of a secret. */
export function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
