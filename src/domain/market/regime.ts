import type { Candle } from '../candle.ts'
import { Adx } from './adx.ts'
import { Atr } from './atr.ts'
import { SortedWindow } from './sorted-window.ts'

/** The weather on a symbol; `unknown` under the history that ADX 14 of 1 h needs. */
export type Regime = 'trending' | 'sideways' | 'volatile' | 'unknown'

const hoursOf30Days = 720

/**
 * The regime of closed 1 h candles, hour by hour: volatile when ATR 14 as a share of the close is above the 90th percentile of
 * the last 30 days (which wins; never with less history), trending from ADX 14 = 25 on, else sideways.
 */
export class RegimeReader {
  readonly #adx = new Adx(14)
  readonly #atr = new Atr(14)
  readonly #ratios = new SortedWindow(hoursOf30Days)
  #hours = 0
  #trend = Number.NaN
  #ratio = Number.NaN
  /** ATR 14 in price units; NaN under 15 hours. */
  atr = Number.NaN

  /** Takes the next hour. */
  next(hour: Candle): void {
    this.#hours++
    this.#trend = this.#adx.next(hour)
    this.atr = this.#atr.next(hour)
    this.#ratio = this.atr / hour.close
    this.#ratios.next(this.#ratio)
  }

  get regime(): Regime {
    if (this.#hours >= hoursOf30Days && this.#ratio > percentileOf(this.#ratios.values, 0.9))
      return 'volatile'
    if (Number.isNaN(this.#trend)) return 'unknown'
    return this.#trend >= 25 ? 'trending' : 'sideways'
  }
}

/** The regime after these hours, oldest first. */
export function regimeOf(hours: readonly Candle[]): Regime {
  const reader = new RegimeReader()
  for (const hour of hours) reader.next(hour)
  return reader.regime
}

/** The value below which a share of the values lies, between neighbours in proportion. NaN for none. */
export function percentile(values: readonly number[], share: number): number {
  return percentileOf(
    values.toSorted((a, b) => a - b),
    share,
  )
}

/** The same of values that are in order of size. */
function percentileOf(sorted: ArrayLike<number>, share: number): number {
  const place = share * (sorted.length - 1)
  const below = sorted[Math.floor(place)] ?? Number.NaN
  const above = sorted[Math.ceil(place)] ?? Number.NaN
  return below + (above - below) * (place - Math.floor(place))
}
