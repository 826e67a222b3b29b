import type { Candle } from '../candle.ts'
import { Wilder } from './wilder.ts'

/** The range of a candle, gaps from the close before it included. */
export function trueRange(candle: Pick<Candle, 'high' | 'low'>, previousClose: number): number {
  return Math.max(candle.high, previousClose) - Math.min(candle.low, previousClose)
}

/**
 * Average true range after Wilder (1978) in price units, by his smoothing. The first candle has no close before it and gives
 * no range, so NaN for `period` candles; who counts its high − low differs for about a hundred candles.
 */
export class Atr {
  readonly #smooth: Wilder
  #previousClose = Number.NaN

  constructor(period: number) {
    this.#smooth = new Wilder(period)
  }

  /** Takes the next candle and returns the average. */
  next(candle: Pick<Candle, 'high' | 'low' | 'close'>): number {
    const previousClose = this.#previousClose
    this.#previousClose = candle.close
    return Number.isNaN(previousClose) ? Number.NaN : this.#smooth.next(trueRange(candle, previousClose))
  }
}
