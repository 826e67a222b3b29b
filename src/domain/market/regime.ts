import type { Candle } from '../candle.ts'
import { Adx } from './adx.ts'
import { Atr } from './atr.ts'
import { lastOf } from './series.ts'

/** The weather on a symbol; `unknown` under the history that ADX 14 of 1 h needs. */
export type Regime = 'trending' | 'sideways' | 'volatile' | 'unknown'

const hoursOf30Days = 720

/**
 * The regime of closed 1 h candles: volatile when ATR 14 as a share of the close is above the 90th percentile of the last
 * 30 days (which wins; never with less history), trending from ADX 14 = 25 on, else sideways.
 */
export function regimeOf(hours: readonly Candle[]): Regime {
  if (isVolatile(hours)) return 'volatile'
  const adx = lastOf(new Adx(14), hours.slice(-hoursOf30Days))
  if (Number.isNaN(adx)) return 'unknown'
  return adx >= 25 ? 'trending' : 'sideways'
}

function isVolatile(hours: readonly Candle[]): boolean {
  if (hours.length < hoursOf30Days) return false
  const atr = new Atr(14)
  const ratios = hours.map((hour) => atr.next(hour) / hour.close).slice(-hoursOf30Days)
  const month = ratios.filter((ratio) => !Number.isNaN(ratio))
  return (month.at(-1) ?? 0) > percentile(month, 0.9)
}

/** The value below which a share of the values lies, between neighbours in proportion. NaN for none. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  const place = share * (sorted.length - 1)
  const below = sorted[Math.floor(place)] ?? Number.NaN
  const above = sorted[Math.ceil(place)] ?? Number.NaN
  return below + (above - below) * (place - Math.floor(place))
}
