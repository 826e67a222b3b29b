/** The bands: mean and mean ± deviations · population standard deviation. NaN until the window is full. */
export interface BollingerValue {
  readonly upper: number
  readonly middle: number
  readonly lower: number
}

const unknown: BollingerValue = { upper: Number.NaN, middle: Number.NaN, lower: Number.NaN }

/**
 * Bollinger bands: simple mean and population deviation (divided by n, as John Bollinger does) of the last `period` closes.
 * In two passes over a ring: sums that are carried along drift, and a market that stands still must have a width of 0. A
 * candle costs 2·period additions, however many came before.
 */
export class Bollinger {
  readonly #window: Float64Array
  readonly #deviations: number
  #next = 0
  #seen = 0

  constructor(period = 20, deviations = 2) {
    this.#window = new Float64Array(period)
    this.#deviations = deviations
  }

  /** Takes the next close and returns the bands. */
  next(close: number): BollingerValue {
    const window = this.#window
    window[this.#next] = close
    this.#next = (this.#next + 1) % window.length
    this.#seen++
    if (this.#seen < window.length) return unknown
    let total = 0
    for (let i = 0; i < window.length; i++) total += window[i] as number
    const middle = total / window.length
    let squares = 0
    for (let i = 0; i < window.length; i++) squares += ((window[i] as number) - middle) ** 2
    const width = this.#deviations * Math.sqrt(squares / window.length)
    return { upper: middle + width, middle, lower: middle - width }
  }
}
