import type { DecisionInput } from '../domain/entries/decision.ts'
import type { Books } from './books.ts'
import { EquityCurve } from './equity-curve.ts'
import type { RunTerms } from './terms.ts'

const everyMs = 60_000

/** What the account was worth, for the curve and for the rule that pauses an account whose equity fell. */
export class EquityRecord {
  readonly curve: EquityCurve
  readonly #books: Books
  readonly #priceOf: (symbol: string) => number
  readonly #lookbackMs: number | undefined
  #points: { atMs: number; equity: number }[] = []

  constructor(terms: RunTerms, books: Books, priceOf: (symbol: string) => number) {
    this.curve = new EquityCurve(terms.capital)
    this.#books = books
    this.#priceOf = priceOf
    this.#lookbackMs = terms.settings.protections.maxDrawdown?.lookbackMs
  }

  /** As decisions read it: a point a minute at most, as far back as the rule looks. */
  get points(): DecisionInput['history']['equity'] {
    return this.#points
  }

  /** Notes what the account is worth at the last prices. */
  note(nowMs: number): void {
    const { equity, exposed } = this.#books.worth(this.#priceOf)
    this.curve.note(nowMs, equity, equity > 0 ? exposed / equity : 0)
    const lookbackMs = this.#lookbackMs
    if (lookbackMs === undefined) return
    const last = this.#points.at(-1)
    if (last !== undefined && nowMs - last.atMs < everyMs) return
    this.#points.push({ atMs: nowMs, equity })
    if ((this.#points[0]?.atMs ?? nowMs) < nowMs - 2 * lookbackMs)
      this.#points = this.#points.filter(({ atMs }) => atMs > nowMs - lookbackMs)
  }
}
