import type { Candle } from '../tape/candle.ts'
import type { Exchange } from './exchange.ts'
import type { Instrument } from './instrument.ts'

const dayMs = 86_400_000

/** What an instrument did in the 24 hours up to now. */
export interface RollingDay {
  readonly fromMs: number // market time
  readonly toMs: number
  readonly last: number
  readonly open: number
  readonly high: number
  readonly low: number
  readonly volume: number // in base
  readonly turnover: number // in quote
  readonly candles: readonly Candle[] // of 5 minutes
}

/** Reckons the last 24 hours of an instrument from 5-minute candles. */
export function rollingDay(exchange: Exchange, instrument: Instrument): RollingDay {
  const { clock, tape } = exchange
  const toMs = clock.marketNow()
  const fromMs = toMs - dayMs
  const candles = tape.candles(instrument.symbol, { timeframe: '5m', fromMs, limit: 289 }, toMs)
  const last = exchange.lastPrice(instrument)
  let [high, low, volume, turnover] = [last, last, 0, 0]
  for (const candle of candles) {
    high = Math.max(high, candle.high)
    low = Math.min(low, candle.low)
    volume += candle.volume
    turnover += (candle.volume * (candle.open + candle.high + candle.low + candle.close)) / 4
  }
  return { fromMs, toMs, last, open: candles[0]?.open ?? last, high, low, volume, turnover, candles }
}
