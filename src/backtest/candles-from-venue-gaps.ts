/** Counts the candles that are missing between those that are there. */
export class CandleGaps {
  readonly #stepMs: number
  #firstMs = Number.NaN
  #lastMs = Number.NaN
  #gaps = 0
  #missing = 0
  #longest = { candles: 0, fromMs: 0 }
  candles = 0

  constructor(stepMs: number) {
    this.#stepMs = stepMs
  }

  /** Takes the opening time of the next candle. */
  add(openTimeMs: number): void {
    const missing = this.candles === 0 ? 0 : (openTimeMs - this.#lastMs) / this.#stepMs - 1
    if (this.candles === 0) this.#firstMs = openTimeMs
    if (missing > 0) {
      this.#gaps += 1
      this.#missing += missing
      if (missing > this.#longest.candles)
        this.#longest = { candles: missing, fromMs: this.#lastMs + this.#stepMs }
    }
    this.candles += 1
    this.#lastMs = openTimeMs
  }

  /** What is missing of what was asked for, a sentence each; `name` is whose candles they are. */
  sentences(name: string, asked: { readonly fromMs: number; readonly toMs: number }): string[] {
    const told: string[] = []
    if (this.#firstMs - asked.fromMs >= this.#stepMs)
      told.push(`${name} begins at ${timeText(this.#firstMs)}: the venue has nothing before`)
    if (asked.toMs - this.#lastMs > this.#stepMs)
      told.push(
        `${name} ends at ${timeText(this.#lastMs + this.#stepMs)}: the venue has nothing after that is over`,
      )
    if (this.#gaps > 0)
      told.push(
        `${name} has ${this.#gaps} gaps with ${this.#missing} candles missing, the longest of ${this.#longest.candles} from ${timeText(this.#longest.fromMs)} on`,
      )
    return told
  }
}

/** A moment to the minute, in UTC. */
export function timeText(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 16)}Z`
}
