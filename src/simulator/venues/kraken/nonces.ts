import { Failure } from './failure.ts'

const most = 2n ** 64n

/** The highest nonce of each key: the venue takes each number once, and never a smaller one later. */
export class Nonces {
  readonly #highest = new Map<string, bigint>()

  /** Takes a nonce; throws when it is no whole number of 64 bits, or not above the last one. */
  take(apiKey: string, text: string | undefined): void {
    const nonce = text !== undefined && /^\d{1,20}$/.test(text) ? BigInt(text) : undefined
    if (nonce === undefined || nonce >= most || nonce <= (this.#highest.get(apiKey) ?? 0n))
      throw new Failure('EAPI:Invalid nonce')
    this.#highest.set(apiKey, nonce)
  }
}
