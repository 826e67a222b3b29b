import type { Candle } from '../candle.ts'
import { Atr } from '../market/atr.ts'
import { emaStack } from '../market/ema-stack.ts'
import { Macd } from '../market/macd.ts'
import { candlesOf, type MarketContext } from '../market/market-context.ts'
import { patternScore } from '../market/patterns.ts'
import { Rsi } from '../market/rsi.ts'
import { clamp, lastOf, meanOfLast, series, signOf } from '../market/series.ts'
import type { SignalDraft } from '../signal.ts'
import { rsiPart } from './rsi-part.ts'
import { defineStrategy } from './strategy.ts'

/** The parts of a setup, each −1…1. */
export interface SmartEntryParts {
  readonly trend: number
  readonly macd: number
  readonly volume: number
  readonly pattern: number
  readonly rsi: number
  readonly structure: number
}

/** What each part weighs; they sum to 1. */
export const smartEntryWeights: Readonly<Record<keyof SmartEntryParts, number>> = {
  trend: 0.3,
  macd: 0.2,
  volume: 0.1,
  pattern: 0.1,
  rsi: 0.15,
  structure: 0.15,
}

const window = 50
const leastConfidence = 0.35

/** A setup: its parts, their weighted sum in [−1, 1] and the signal that follows (HOLD under 0.35). */
export interface SmartEntrySetup {
  readonly parts: SmartEntryParts
  readonly score: number
  readonly signal: SignalDraft
}

/** Judges the last 50 candles of 5 m, the forming one included when the context has it; undefined when there are fewer. */
export function smartEntry(context: MarketContext): SmartEntrySetup | undefined {
  const candles = candlesOf(context, '5m').slice(-window)
  if (candles.length < window) return undefined
  const parts = partsOf(candles)
  let score = 0
  for (const [part, weight] of Object.entries(smartEntryWeights))
    score += weight * parts[part as keyof SmartEntryParts]
  const confidence = Math.min(1, Math.abs(score))
  const action = confidence < leastConfidence ? 'HOLD' : score > 0 ? 'BUY' : 'SELL'
  const isForming = context.forming?.includes('5m') ?? false
  const reasoning = Object.entries(parts).map(([part, value]) => `${part} ${value.toFixed(2)}`)
  if (isForming) reasoning.push('5 m candle still forming')
  return {
    parts,
    score,
    signal: { symbol: context.symbol, action, confidence, reasoning: reasoning.join(' · ') },
  }
}

/** The Pro Trader engine as a strategy. */
export const smartEntryStrategy = defineStrategy({
  name: 'smart_entry',
  timeframe: '5m',
  warmup: window,
  parameters: {},
  onCandle: (context) => smartEntry(context)?.signal,
})

function partsOf(candles: readonly Candle[]): SmartEntryParts {
  const closes = candles.map((candle) => candle.close)
  const trend = emaStack(closes, [9, 21, 50])
  const macd = macdPart(closes)
  const volume = volumePart(candles)
  const pattern = patternScore(candles)
  const direction = Math.sign(trend + macd + volume + pattern)
  return {
    trend,
    macd,
    volume,
    pattern,
    rsi: rsiPart(lastOf(new Rsi(14), closes)),
    structure: structurePart(candles, direction),
  }
}

function macdPart(closes: readonly number[]): number {
  const histogram = series(new Macd(), closes).map((value) => value.histogram)
  const last = histogram.at(-1) ?? 0
  const before = histogram.at(-2) ?? 0
  const price = closes.at(-1) ?? 0
  return (signOf(last, price) + signOf(last - before, price)) / 2
}

function volumePart(candles: readonly Candle[]): number {
  const last = candles.at(-1)
  const mean = meanOfLast(
    candles.map((candle) => candle.volume),
    20,
  )
  if (last === undefined || !(mean > 0)) return 0
  return Math.sign(last.close - last.open) * clamp(last.volume / mean - 1, 0, 1)
}

/** The direction when there is room to the window's extreme on that side (1 ATR) or the close has broken it, else 0. */
function structurePart(candles: readonly Candle[], direction: number): number {
  const last = candles.at(-1)
  if (last === undefined || direction === 0) return 0
  const before = candles.slice(0, -1)
  const extreme =
    direction > 0
      ? Math.max(...before.map((candle) => candle.high))
      : Math.min(...before.map((candle) => candle.low))
  const room = (extreme - last.close) * direction
  return room < 0 || room >= lastOf(new Atr(14), candles) ? direction : 0
}
