import type { Candle } from '../candle.ts'
import { trueRange } from './atr.ts'
import { Wilder } from './wilder.ts'

/**
 * Average directional index after Wilder (1978), 0–100: how much of the movement has a direction, whichever it is. All four
 * averages are his smoothing, seeded with means. NaN for 2·period − 1 candles.
 */
export class Adx {
  readonly #range: Wilder
  readonly #up: Wilder
  readonly #down: Wilder
  readonly #index: Wilder
  #previous: Pick<Candle, 'high' | 'low' | 'close'> | undefined

  constructor(period: number) {
    this.#range = new Wilder(period)
    this.#up = new Wilder(period)
    this.#down = new Wilder(period)
    this.#index = new Wilder(period)
  }

  /** Takes the next candle and returns the index. */
  next(candle: Pick<Candle, 'high' | 'low' | 'close'>): number {
    const previous = this.#previous
    this.#previous = candle
    if (previous === undefined) return Number.NaN
    const rise = candle.high - previous.high
    const fall = previous.low - candle.low
    const range = this.#range.next(trueRange(candle, previous.close))
    const up = this.#up.next(rise > fall && rise > 0 ? rise : 0)
    const down = this.#down.next(fall > rise && fall > 0 ? fall : 0)
    if (Number.isNaN(range)) return Number.NaN
    return this.#index.next(up + down === 0 ? 0 : (100 * Math.abs(up - down)) / (up + down))
  }
}
