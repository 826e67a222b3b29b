import { z } from 'zod'
import type { Candle } from '../candle.ts'
import { Atr } from '../market/atr.ts'
import { emaStack } from '../market/ema-stack.ts'
import { Macd } from '../market/macd.ts'
import { candlesOf, type MarketContext } from '../market/market-context.ts'
import { patternScore } from '../market/patterns.ts'
import { Rsi } from '../market/rsi.ts'
import { clamp, lastOf, meanOfLast, signOf } from '../market/series.ts'
import type { SignalDraft } from '../signal.ts'
import { rsiPart } from './rsi-part.ts'
import { defineStrategy } from './strategy.ts'
import { ratio, weight } from './weight.ts'

/** The parts of a setup, each −1…1. */
export interface SmartEntryParts {
  readonly trend: number
  readonly macd: number
  readonly volume: number
  readonly pattern: number
  readonly rsi: number
  readonly structure: number
}

/** What each part weighs, and the confidence under which a setup is HOLD. A part of weight 0 is 0, also for the structure. */
export const smartEntryParameters = z.object({
  trend: weight(0.3, 'the order of EMA 9, 21 and 50'),
  macd: weight(0.2, 'the MACD histogram and its change'),
  volume: weight(0.1, 'the volume against its 20-mean'),
  pattern: weight(0.1, 'the candle patterns'),
  rsi: weight(0.15, 'RSI 14'),
  structure: weight(0.15, 'the room to the extreme of the window'),
  least_confidence: ratio(0.35, 'confidence under which a setup is HOLD'),
})

type Parameters = z.output<typeof smartEntryParameters>

const partNames = ['trend', 'macd', 'volume', 'pattern', 'rsi', 'structure'] as const
const defaults = smartEntryParameters.parse({})
const window = 50

/** A setup: its parts, their mean by weight in [−1, 1] and the signal that follows (HOLD under the least confidence). */
export interface SmartEntrySetup {
  readonly parts: SmartEntryParts
  readonly score: number
  readonly signal: SignalDraft
}

/** Judges the last 50 candles of 5 m, the forming one included when the context has it; undefined when there are fewer. */
export function smartEntry(
  context: MarketContext,
  parameters: Parameters = defaults,
): SmartEntrySetup | undefined {
  const candles = candlesOf(context, '5m').slice(-window)
  if (candles.length < window) return undefined
  const parts = partsOf(candles, parameters)
  let score = 0
  let weights = 0
  for (const part of partNames) {
    score += parameters[part] * parts[part]
    weights += parameters[part]
  }
  // The weights of the reference sum to 1; what is switched off leaves the others their full voice.
  if (weights > 0) score /= weights
  const confidence = Math.min(1, Math.abs(score))
  const action = confidence < parameters.least_confidence || score === 0 ? 'HOLD' : score > 0 ? 'BUY' : 'SELL'
  const isForming = context.forming?.includes('5m') ?? false
  const reasoning = partNames
    .filter((part) => parameters[part] > 0)
    .map((part) => `${part} ${parts[part].toFixed(2)}`)
  if (isForming) reasoning.push('5 m candle still forming')
  return {
    parts,
    score,
    signal: { symbol: context.symbol, action, confidence, reasoning: reasoning.join(' · ') },
  }
}

/** The Pro Trader engine as a strategy. It keeps nothing: every setup is judged from its window alone. */
export const smartEntryStrategy = defineStrategy({
  name: 'smart_entry',
  timeframe: '5m',
  warmup: window,
  parameters: smartEntryParameters,
  onCandle: (context, { parameters }) => smartEntry(context, parameters)?.signal,
})

function partsOf(candles: readonly Candle[], weights: Parameters): SmartEntryParts {
  const closes = candles.map((candle) => candle.close)
  const trend = weights.trend > 0 ? emaStack(closes, [9, 21, 50]) : 0
  const macd = weights.macd > 0 ? macdPart(closes) : 0
  const volume = weights.volume > 0 ? volumePart(candles) : 0
  const pattern = weights.pattern > 0 ? patternScore(candles) : 0
  const direction = Math.sign(trend + macd + volume + pattern)
  return {
    trend,
    macd,
    volume,
    pattern,
    rsi: weights.rsi > 0 ? rsiPart(lastOf(new Rsi(14), closes)) : 0,
    structure: weights.structure > 0 ? structurePart(candles, direction) : 0,
  }
}

function macdPart(closes: readonly number[]): number {
  const macd = new Macd()
  let [before, last] = [Number.NaN, Number.NaN]
  for (const close of closes) {
    before = last
    last = macd.nextHistogram(close)
  }
  const price = closes.at(-1) ?? 0
  return (signOf(last, price) + signOf(last - before, price)) / 2
}

function volumePart(candles: readonly Candle[]): number {
  const last = candles.at(-1)
  const mean = meanOfLast(
    candles.slice(-20).map((candle) => candle.volume),
    20,
  )
  if (last === undefined || !(mean > 0)) return 0
  return Math.sign(last.close - last.open) * clamp(last.volume / mean - 1, 0, 1)
}

/** The direction when there is room to the window's extreme on that side (1 ATR) or the close has broken it, else 0. */
function structurePart(candles: readonly Candle[], direction: number): number {
  const last = candles.at(-1)
  if (last === undefined || direction === 0) return 0
  let extreme = direction > 0 ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
  for (let i = 0; i < candles.length - 1; i++) {
    const { high, low } = candles[i] as Candle
    extreme = direction > 0 ? Math.max(extreme, high) : Math.min(extreme, low)
  }
  const room = (extreme - last.close) * direction
  return room < 0 || room >= lastOf(new Atr(14), candles) ? direction : 0
}
