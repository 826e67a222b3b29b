import type { Candle } from '../candle.ts'
import { Atr } from '../market/atr.ts'
import { Bollinger } from '../market/bollinger.ts'
import { emaStack } from '../market/ema-stack.ts'
import { Macd } from '../market/macd.ts'
import { patternScore } from '../market/patterns.ts'
import { Rsi } from '../market/rsi.ts'
import { clamp, lastOf } from '../market/series.ts'
import { RealizedVolatility } from '../market/volatility.ts'
import { directionOf, type Side } from '../side.ts'

/**
 * What the ML filter looks at, by name and in this order; a model fits no other list. A feature that has a direction is
 * counted along the setup's side: positive speaks for it.
 */
export const setupFeatureNames = [
  'confidence', // what the source says, 0–1
  'is_long', // 1 long, −1 short
  'trend_5m', // order of EMA 9, 21, 50 on 5 m, −1…1 along the side
  'trend_1h', // the same on 1 h
  'rsi_5m', // (RSI 14 − 50)/50 along the side
  'rsi_1h',
  'macd_5m', // histogram ÷ ATR along the side
  'band_5m', // place in the Bollinger band: (close − mean)/(upper − mean) along the side
  'pattern_5m', // candle patterns, −1…1 along the side
  'move_1h', // move of the last 12 candles of 5 m ÷ ATR of 1 h, along the side
  'move_24h', // move of the last 24 hours ÷ ATR of 1 h, along the side
  'range_5m', // ln of ATR of 5 m ÷ close
  'range_1h', // ln of ATR of 1 h ÷ close
  'volatility', // ln of the daily realized volatility
  'volume_5m', // ln of the last volume ÷ the mean of 20
  'hour_sin', // the hour of the day, UTC, on a circle
  'hour_cos',
  'is_weekend', // 1 on Saturday and Sunday, UTC
] as const

/** Closed candles that the features read of each length. */
export const setupWindows = { '5m': 50, '1h': 60 } as const

/** What a setup is when it is judged. Candles oldest first, closed ones alone. */
export interface Setup {
  readonly side: Side
  readonly confidence: number
  readonly fives: readonly Candle[]
  readonly hours: readonly Candle[]
  readonly nowMs: number
}

/**
 * The features of a setup, in the order of their names; undefined while there are too few candles. They are made from the
 * windows alone, so that they are the same live and in a backtest however long either has been running.
 */
export function setupFeatures(setup: Setup): readonly number[] | undefined {
  const fives = setup.fives.slice(-setupWindows['5m'])
  const hours = setup.hours.slice(-setupWindows['1h'])
  const last = fives.at(-1)
  const hour = hours.at(-1)
  if (fives.length < setupWindows['5m'] || hours.length < setupWindows['1h'] || !last || !hour)
    return undefined
  const along = directionOf(setup.side)
  const closes = fives.map(({ close }) => close)
  const hourCloses = hours.map(({ close }) => close)
  const atr = positive(lastOf(new Atr(14), fives), last.close)
  const hourAtr = positive(lastOf(new Atr(14), hours), hour.close)
  const now = new Date(setup.nowMs)
  const turn = ((now.getUTCHours() + now.getUTCMinutes() / 60) / 24) * 2 * Math.PI
  const values: Record<(typeof setupFeatureNames)[number], number> = {
    confidence: setup.confidence,
    is_long: along,
    trend_5m: along * emaStack(closes, [9, 21, 50]),
    trend_1h: along * emaStack(hourCloses, [9, 21, 50]),
    rsi_5m: (along * (lastOf(new Rsi(14), closes) - 50)) / 50,
    rsi_1h: (along * (lastOf(new Rsi(14), hourCloses) - 50)) / 50,
    macd_5m: (along * histogramOf(closes)) / atr,
    band_5m: along * bandPlace(closes),
    pattern_5m: along * patternScore(fives),
    move_1h: (along * (last.close - (closes.at(-13) ?? last.close))) / hourAtr,
    move_24h: (along * (hour.close - (hourCloses.at(-25) ?? hour.close))) / hourAtr,
    range_5m: Math.log(atr / last.close),
    range_1h: Math.log(hourAtr / hour.close),
    volatility: Math.log(Math.max(1e-6, lastOf(new RealizedVolatility(), hourCloses))),
    volume_5m: volumeRatio(fives),
    hour_sin: Math.sin(turn),
    hour_cos: Math.cos(turn),
    is_weekend: now.getUTCDay() % 6 === 0 ? 1 : 0,
  }
  // A market that stands still, or one that leaps beyond anything seen, is as extreme as ten times the usual.
  return setupFeatureNames.map((name) => (Number.isFinite(values[name]) ? clamp(values[name], -10, 10) : 0))
}

function histogramOf(closes: readonly number[]): number {
  const macd = new Macd()
  let histogram = Number.NaN
  for (const close of closes) histogram = macd.nextHistogram(close)
  return histogram
}

function bandPlace(closes: readonly number[]): number {
  const band = new Bollinger(20, 2)
  let value = band.next(closes[0] ?? 0)
  for (const close of closes.slice(1)) value = band.next(close)
  const half = value.upper - value.middle
  return half > 0 ? ((closes.at(-1) ?? 0) - value.middle) / half : 0
}

function volumeRatio(candles: readonly Candle[]): number {
  const volumes = candles.slice(-20).map(({ volume }) => volume)
  const mean = volumes.reduce((sum, volume) => sum + volume, 0) / volumes.length
  return mean > 0 ? Math.log(Math.max(0.01, (volumes.at(-1) ?? 0) / mean)) : 0
}

/** A range as it is, or a hair of the price where nothing moved. */
function positive(range: number, price: number): number {
  return Math.max(range, price * 1e-6)
}
