import { timeframeMs } from '../../candles/timeframe.ts'
import type { ChartCandle, ChartCandles } from './chart-series.ts'

const dayMs = timeframeMs['1d']
const lengths = [...Object.values(timeframeMs), 2 * dayMs, 3 * dayMs, 7 * dayMs, 14 * dayMs, 28 * dayMs]

/** The shortest usual candle of which at most `count` cover the span, and none shorter than `atLeastMs`. Milliseconds. */
export function lengthFor(spanMs: number, count: number, atLeastMs = 0): number {
  const asked = Math.max(atLeastMs, spanMs / count)
  return lengths.find((length) => length >= asked) ?? Math.ceil(asked / dayMs) * dayMs
}

/** Gathers candles, given in order of time, into longer ones that begin at whole multiples of their length. */
export class CandleBucket implements ChartCandles {
  readonly interval_ms: number
  readonly candles: ChartCandle[] = []
  #last: { -readonly [K in keyof ChartCandle]: ChartCandle[K] } | undefined

  constructor(intervalMs: number) {
    this.interval_ms = intervalMs
  }

  add(time: number, open: number, high: number, low: number, close: number): void {
    const time_ms = time - (time % this.interval_ms)
    if (this.#last?.time_ms === time_ms) {
      if (high > this.#last.high) this.#last.high = high
      if (low < this.#last.low) this.#last.low = low
      this.#last.close = close
    } else {
      this.#last = { time_ms, open, high, low, close }
      this.candles.push(this.#last)
    }
  }
}
