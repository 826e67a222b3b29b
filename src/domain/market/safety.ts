import type { Candle } from '../candle.ts'
import { Atr } from './atr.ts'
import { Ema } from './ema.ts'
import { lastOf } from './series.ts'

/** The market-safety reading of BTC. */
export interface MarketSafety {
  readonly isSafe: boolean
  readonly close: number
  readonly emaFast: number
  readonly emaMiddle: number
  readonly emaSlow: number
  /** max(60 closes) − 2·ATR 14: a close below it while the averages fall in order means no new longs. */
  readonly floor: number
}

/** Reads the last 60 candles of 1 h of BTC; undefined when there are fewer. */
export function readSafety(hours: readonly Candle[]): MarketSafety | undefined {
  const window = hours.slice(-60)
  const close = window.at(-1)?.close
  if (window.length < 60 || close === undefined) return undefined
  const closes = window.map((candle) => candle.close)
  const [emaFast, emaMiddle, emaSlow] = [9, 21, 50].map((period) => lastOf(new Ema(period), closes)) as [
    number,
    number,
    number,
  ]
  const floor = Math.max(...closes) - 2 * lastOf(new Atr(14), window)
  const isFalling = emaFast < emaMiddle && emaMiddle < emaSlow
  return { isSafe: !(isFalling && close < floor), close, emaFast, emaMiddle, emaSlow, floor }
}
