import { setTimeout as wait } from 'node:timers/promises'
import { messageOf, UserError, VenueUnavailable } from '../errors.ts'
import type { Question } from '../exchange/market-source.ts'
import { askPublic } from '../exchange/public-question.ts'
import type { VenueCard } from '../exchange/venue-card.ts'

const attempts = 3
const longestPatienceMs = 150_000

/** A venue that is asked one question after another, as often as it wants to be asked. */
export class PatientVenue {
  readonly #address: string
  readonly #name: string
  readonly #meaningOf: VenueCard['meaningOf']
  readonly #sleep: (ms: number) => Promise<unknown>
  readonly #tell: (note: string) => void
  #restMs = 0
  /** HTTP requests so far. */
  requests = 0

  constructor(parts: {
    readonly address: string
    readonly name: string
    /** Reads a refusal in the venue's own words. */
    readonly meaningOf: VenueCard['meaningOf']
    readonly sleep?: (ms: number) => Promise<unknown>
    /** Hears why it waits. */
    readonly tell: (note: string) => void
  }) {
    this.#address = parts.address
    this.#name = parts.name
    this.#meaningOf = parts.meaningOf
    this.#sleep = parts.sleep ?? wait
    this.#tell = parts.tell
  }

  /**
   * The venue's answer; `restMs` is how long it is left alone after it. A failure is asked again twice, and a rate limit
   * waited for. Throws UserError of one line when that was not enough.
   */
  async ask<T>(question: Question<T>, restMs: number): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      if (this.#restMs > 0) await this.#sleep(this.#restMs)
      this.#restMs = restMs
      this.requests += 1
      try {
        return await askPublic(this.#address, question, this.#meaningOf)
      } catch (error) {
        const patienceMs = error instanceof VenueUnavailable ? error.retryAfterMs : undefined
        const pauseMs = patienceMs ?? 1_000 * 2 ** (attempt - 1)
        const reason = `${this.#name}: ${messageOf(error)}`
        if (pauseMs > longestPatienceMs)
          throw new UserError(
            `${reason}; it asks for ${Math.ceil(pauseMs / 60_000)} minutes of patience: try again then`,
            { cause: error },
          )
        if (attempt === attempts) throw new UserError(`${reason}, ${attempts} times`, { cause: error })
        this.#tell(`${reason}; asking again in ${Math.ceil(pauseMs / 1_000)} s`)
        this.#restMs = pauseMs
      }
    }
  }
}
