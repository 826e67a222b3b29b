import type { Exchange } from '../../core/exchange.ts'
import type { Instrument } from '../../core/instrument.ts'

/** A stretch of a market: what it traded in, and how much. */
export interface Stretch {
  readonly open: number
  readonly high: number
  readonly low: number
  readonly volume: number // base
  readonly average: number // price, weighted by volume
}

const dayMs = 86_400_000

/** The last 24 hours of market time, and the part of them since midnight UTC, from 5-minute candles. */
export function lastDay(
  { tape, clock }: Exchange,
  instrument: Instrument,
  last: number,
): { rolling: Stretch; today: Stretch } {
  const now = clock.marketNow()
  const midnight = now - (now % dayMs)
  const query = { timeframe: '5m', fromMs: now - dayMs, limit: 289 } as const
  const candles = tape.candles(instrument.symbol, query, now)
  return {
    rolling: stretchOf(candles, last),
    today: stretchOf(
      candles.filter(({ time }) => time >= midnight),
      last,
    ),
  }
}

function stretchOf(
  candles: readonly { open: number; high: number; low: number; close: number; volume: number }[],
  last: number,
): Stretch {
  let [high, low, volume, quote] = [last, last, 0, 0]
  for (const candle of candles) {
    high = Math.max(high, candle.high)
    low = Math.min(low, candle.low)
    volume += candle.volume
    quote += (candle.volume * (candle.open + candle.high + candle.low + candle.close)) / 4
  }
  return { open: candles[0]?.open ?? last, high, low, volume, average: volume > 0 ? quote / volume : last }
}
