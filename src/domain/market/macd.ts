import { Ema } from './ema.ts'

/** The three lines of MACD in price units; NaN until each is defined. */
export interface MacdValue {
  readonly macd: number
  readonly signal: number
  readonly histogram: number
}

/**
 * Moving average convergence divergence after Gerald Appel: EMA fast − EMA slow, its EMA as signal, and the gap between both.
 * Every average is seeded with the mean of its first values (see Ema), the signal from the first MACD on.
 */
export class Macd {
  readonly #fast: Ema
  readonly #slow: Ema
  readonly #signal: Ema
  #macd = Number.NaN
  #average = Number.NaN

  constructor(periods: { fast: number; slow: number; signal: number } = { fast: 12, slow: 26, signal: 9 }) {
    this.#fast = new Ema(periods.fast)
    this.#slow = new Ema(periods.slow)
    this.#signal = new Ema(periods.signal)
  }

  /** Takes the next close and returns the lines. */
  next(close: number): MacdValue {
    const histogram = this.nextHistogram(close)
    return { macd: this.#macd, signal: this.#average, histogram }
  }

  /** Takes the next close and returns the gap alone, where nobody asks for the lines. */
  nextHistogram(close: number): number {
    this.#macd = this.#fast.next(close) - this.#slow.next(close)
    this.#average = Number.isNaN(this.#macd) ? Number.NaN : this.#signal.next(this.#macd)
    return this.#macd - this.#average
  }
}
