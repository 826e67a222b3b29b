import { Wilder } from './wilder.ts'

/**
 * Relative strength index after Wilder (1978), 0–100: 100·g/(g + l) of his smoothed gains and losses; 50 when nothing moved,
 * NaN for the first `period` values.
 */
export class Rsi {
  readonly #gains: Wilder
  readonly #losses: Wilder
  #previous = Number.NaN

  constructor(period: number) {
    this.#gains = new Wilder(period)
    this.#losses = new Wilder(period)
  }

  /** Takes the next close and returns the index. */
  next(close: number): number {
    const change = close - this.#previous
    this.#previous = close
    if (Number.isNaN(change)) return Number.NaN
    const gain = this.#gains.next(change > 0 ? change : 0)
    const loss = this.#losses.next(change < 0 ? -change : 0)
    if (gain + loss === 0) return 50
    return (100 * gain) / (gain + loss)
  }
}
