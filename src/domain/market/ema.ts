/**
 * Exponential moving average with weight 2/(period + 1), seeded with the mean of the first `period` values; NaN before.
 * The seed is StockCharts' (ChartSchool, "Moving Averages"); who seeds with the first value differs for about three periods.
 */
export class Ema {
  readonly #period: number
  readonly #weight: number
  #seen = 0
  #seed = 0
  #value = Number.NaN

  constructor(period: number) {
    this.#period = period
    this.#weight = 2 / (period + 1)
  }

  /** Takes the next value and returns the average. */
  next(value: number): number {
    if (this.#seen >= this.#period) {
      this.#value += (value - this.#value) * this.#weight
      return this.#value
    }
    this.#seen++
    this.#seed += value
    if (this.#seen === this.#period) this.#value = this.#seed / this.#period
    return this.#value
  }
}
