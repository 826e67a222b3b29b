import type { Doubts } from '#db/reconciliations.ts'

/** A difference must stand this long, with nothing happening in the journal, before anything is concluded from it. */
const confirmedAfterMs = 5_000

/**
 * Differences are not believed at first sight: a venue's reads may be seconds old. A doubt is confirmed when the same
 * difference was seen before, long enough ago, and the journal has not moved since.
 */
export class DoubtBook {
  readonly #before: Doubts
  readonly #nowMs: number
  readonly #place: string
  readonly #kept: Record<string, Doubts[string]> = {}

  constructor(before: Doubts, nowMs: number, place: string) {
    this.#before = before
    this.#nowMs = nowMs
    this.#place = place
  }

  /** Whether a difference is confirmed; one that is not is kept for the next look. */
  isConfirmed(of: string, difference: string): boolean {
    const what = `${difference} at ${this.#place}`
    const known = this.#before[of]
    if (known?.what === what && this.#nowMs - known.sinceMs >= confirmedAfterMs) return true
    this.#kept[of] = known?.what === what ? known : { what, sinceMs: this.#nowMs }
    return false
  }

  /** What is to be looked at again. */
  get kept(): Doubts {
    return this.#kept
  }
}
