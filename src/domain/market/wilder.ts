/**
 * Wilder's smoothing: the mean of the first `period` values, then moved by 1/period of each difference; NaN before.
 * J. Welles Wilder, New Concepts in Technical Trading Systems (1978); RSI, ATR and ADX are built on it.
 */
export class Wilder {
  readonly #period: number
  #seen = 0
  #seed = 0
  #value = Number.NaN

  constructor(period: number) {
    this.#period = period
  }

  /** Takes the next value and returns the smoothed one. */
  next(value: number): number {
    if (this.#seen >= this.#period) {
      this.#value += (value - this.#value) / this.#period
      return this.#value
    }
    this.#seen++
    this.#seed += value
    if (this.#seen === this.#period) this.#value = this.#seed / this.#period
    return this.#value
  }
}
