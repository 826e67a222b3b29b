import type { VenueCode } from '../errors.ts'

/**
 * What an answer of the venue proves. `rejected`: not executed, and never will be as it is. `not-now`: not executed, the
 * same may be asked again. `duplicate`: an order with this client id is there already. `absent`: there is no such order.
 * `unchanged`: the setting was so already. Whatever is not on a venue's list proves nothing.
 */
export interface Meaning {
  readonly proves: 'rejected' | 'not-now' | 'duplicate' | 'absent' | 'unchanged'
  readonly code: VenueCode
  /** Whom a rate limit concerns. */
  readonly whose?: 'ip' | 'account'
  /** For how long, where the answer's own header does not say it. */
  readonly retryAfterMs?: number
  readonly advice?: string
}

/** A venue's raw answer: what a machine can read of it. */
export interface RawAnswer {
  readonly status: number
  /** The parsed body; undefined when it was no JSON. */
  readonly body: unknown
  /** The body as it came, cut short. */
  readonly text: string
  readonly retryAfterMs: number | undefined
}

/** Not executed, and never will be as it is: the building block of a venue's list. */
export const rejected = (code: VenueCode, advice: string): Meaning => ({ proves: 'rejected', code, advice })
