import { randomBytes } from 'node:crypto'

const lifeMs = 15 * 60_000

/** Tokens that open the private channels: good for fifteen minutes, to begin a connection with. */
export class Tokens {
  readonly #held = new Map<string, { readonly apiKey: string; readonly until: number }>()

  issue(apiKey: string, wallMs: number): { token: string; expires: number } {
    const token = randomBytes(32).toString('base64url')
    this.#held.set(token, { apiKey, until: wallMs + lifeMs })
    return { token, expires: lifeMs / 1000 }
  }

  /** Whose token this is; undefined when it is nobody's any more. */
  ownerOf(token: string, wallMs: number): string | undefined {
    const held = this.#held.get(token)
    if (held === undefined) return undefined
    if (wallMs <= held.until) return held.apiKey
    this.#held.delete(token)
    return undefined
  }
}
