import type { Event } from './event.ts'
import { type FindInstrument, Ledger } from './ledger.ts'

/** Remembers every event with its wall time, so that the ledger can be seen as it was. */
export class Past {
  readonly #events: { readonly event: Event; readonly at: number }[] = []
  readonly #find: FindInstrument

  constructor(find: FindInstrument) {
    this.#find = find
  }

  note(event: Event, at: number): void {
    if (event.kind !== 'clock') this.#events.push({ event, at })
  }

  /** A ledger that follows the true one; `upTo` brings it to a wall time, and never back. */
  follower(): { readonly ledger: Ledger; upTo(wallMs: number): void } {
    const ledger = new Ledger(this.#find)
    let next = 0
    return {
      ledger,
      upTo: (wallMs) => {
        for (let entry = this.#events[next]; entry !== undefined && entry.at <= wallMs; ) {
          ledger.apply(entry.event)
          next += 1
          entry = this.#events[next]
        }
      },
    }
  }
}
