import type { Candle } from '../candle.ts'
import { type SmartExitLayer, smartExitLayers } from '../close-reason.ts'
import { Atr } from '../market/atr.ts'
import { Ema } from '../market/ema.ts'
import { Macd } from '../market/macd.ts'
import { findPatterns, patternDirection } from '../market/patterns.ts'
import { Rsi } from '../market/rsi.ts'
import { lastOf, series } from '../market/series.ts'
import { directionOf, type Side } from '../side.ts'

/** How many candles of 5 m the layers read: what came before has no say, live as in a backtest. */
export const smartExitCandles = 50

/**
 * Asks the layers at a 5 m close, of the last 50 closed candles, oldest first; the first layer that speaks against the
 * position is the answer. `asked` are the layers that have a say; all of them do unless somebody tries how it is without one.
 */
export function smartExit(
  side: Side,
  history: readonly Candle[],
  asked: readonly SmartExitLayer[] = smartExitLayers,
): SmartExitLayer | undefined {
  const candles = history.slice(-smartExitCandles)
  return smartExitLayers.find((layer) => asked.includes(layer) && speaksAgainst[layer](side, candles))
}

const speaksAgainst: Readonly<Record<SmartExitLayer, (side: Side, candles: readonly Candle[]) => boolean>> = {
  reversal: isReversal,
  momentum_fade: isMomentumFade,
  volatility_spike: isVolatilitySpike,
}

/** An engulfing candle or a star against the position that closes beyond EMA 9. A short mirrors: the hammer is its star. */
function isReversal(side: Side, candles: readonly Candle[]): boolean {
  const direction = directionOf(side)
  const close = candles.at(-1)?.close
  const average = lastOf(
    new Ema(9),
    candles.map((candle) => candle.close),
  )
  if (close === undefined || !((close - average) * direction < 0)) return false
  return findPatterns(candles).some((pattern) => patternDirection(pattern) === -direction)
}

/** The MACD histogram shrinks three times while RSI comes back through 70 (a short: through 30). */
function isMomentumFade(side: Side, candles: readonly Candle[]): boolean {
  const direction = directionOf(side)
  const closes = candles.map((candle) => candle.close)
  const histogram = series(new Macd(), closes).slice(-4)
  if (histogram.length < 4 || !((histogram[0]?.histogram ?? 0) * direction > 0)) return false
  const values = histogram.map((value) => value.histogram * direction)
  const shrinks = values.every((value, i) => i === 0 || value < (values[i - 1] ?? 0))
  const rsi = series(new Rsi(14), closes).slice(-4)
  const isBeyond = (value: number) => (side === 'long' ? value >= 70 : value <= 30)
  const last = rsi.at(-1) ?? 50
  return shrinks && rsi.slice(0, -1).some(isBeyond) && !isBeyond(last)
}

/** A candle against the position whose range is wider than 3 ATR 14 of the candles before it. */
function isVolatilitySpike(side: Side, candles: readonly Candle[]): boolean {
  const last = candles.at(-1)
  if (last === undefined || (last.close - last.open) * directionOf(side) >= 0) return false
  return last.high - last.low > 3 * lastOf(new Atr(14), candles.slice(0, -1))
}
