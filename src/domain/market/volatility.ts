/**
 * Daily realized volatility as a ratio: the root of the mean squared log return over `window` returns, scaled to a day of
 * `perDay` returns. Divided by n, and no mean is taken off: realized variance as Andersen and Bollerslev (1998) define it.
 * NaN until the window is full. 48 and 24 for hourly closes.
 */
export class RealizedVolatility {
  readonly #squares: Float64Array
  readonly #perDay: number
  #next = 0
  #seen = 0
  #total = 0
  #previous = Number.NaN

  constructor(window = 48, perDay = 24) {
    this.#squares = new Float64Array(window)
    this.#perDay = perDay
  }

  /** Takes the next close and returns the volatility. */
  next(close: number): number {
    const change = Math.log(close / this.#previous)
    this.#previous = close
    if (Number.isNaN(change)) return Number.NaN
    const squares = this.#squares
    this.#total += change ** 2 - (squares[this.#next] ?? 0)
    squares[this.#next] = change ** 2
    this.#next = (this.#next + 1) % squares.length
    // Summed anew once around the ring, so that rounding never adds up.
    if (this.#next === 0) this.#total = squares.reduce((sum, square) => sum + square, 0)
    this.#seen++
    if (this.#seen < squares.length) return Number.NaN
    return Math.sqrt((Math.max(0, this.#total) / squares.length) * this.#perDay)
  }
}

/** Daily realized volatility of the last 48 hourly log returns; null under 49 closes. */
export function dailyVolatility(hourlyCloses: readonly number[]): number | null {
  if (hourlyCloses.length < 49) return null
  const volatility = new RealizedVolatility()
  let last = Number.NaN
  for (const close of hourlyCloses.slice(-49)) last = volatility.next(close)
  return last
}
