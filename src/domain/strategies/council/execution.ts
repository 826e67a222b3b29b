import type { Candle } from '../../candle.ts'
import { Bollinger } from '../../market/bollinger.ts'
import { Macd } from '../../market/macd.ts'
import { closedCandlesOf, type MarketContext } from '../../market/market-context.ts'
import { Rsi } from '../../market/rsi.ts'
import { clamp, meanOfLast, series, signOf } from '../../market/series.ts'
import { rsiPart } from '../rsi-part.ts'
import { percentText, tooShort, type Vote } from './vote.ts'

const widestSpread = 0.002

/** Candles of 5 m that are read: MACD and RSI have settled by then. */
export const executionWindow = 120

/**
 * The execution strategist reads the moment on 5 m: the mean of the RSI part, the sign of the MACD histogram and the place
 * in the Bollinger band (−1 lower, 1 upper); as sure as the volume is near twice its 20-mean. A spread beyond 0.2 % abstains.
 */
export function executionVote(context: MarketContext): Vote {
  const candles = closedCandlesOf(context, '5m').slice(-executionWindow)
  const last = candles.at(-1)
  const [macd, strength] = [new Macd(), new Rsi(14)]
  let [histogram, rsi] = [Number.NaN, Number.NaN]
  for (let i = 0; i < candles.length; i++) {
    const { close } = candles[i] as Candle
    histogram = macd.nextHistogram(close)
    rsi = strength.next(close)
  }
  if (last === undefined || Number.isNaN(histogram)) return tooShort('execution', '34 candles of 5 m')
  const { spread } = context
  if (spread !== undefined && spread > widestSpread)
    return {
      seat: 'execution',
      abstains: 'spread',
      reasons: [`spread ${percentText(spread)} is beyond 0.2 %`],
    }
  const momentum = signOf(histogram, last.close)
  const recent = candles.slice(-20)
  const place = placeInBand(recent.map((candle) => candle.close))
  const mean = meanOfLast(
    recent.map((candle) => candle.volume),
    20,
  )
  return {
    seat: 'execution',
    value: (rsiPart(rsi) + momentum + place) / 3,
    confidence: mean > 0 ? clamp(last.volume / (2 * mean), 0, 1) : 0,
    reasons: [
      `RSI ${rsi.toFixed(1)}`,
      `MACD histogram ${momentum > 0 ? 'above' : momentum < 0 ? 'below' : 'at'} zero`,
      `band place ${place.toFixed(2)}`,
      `volume ${mean > 0 ? (last.volume / mean).toFixed(2) : '0'} of its mean`,
    ],
  }
}

function placeInBand(closes: readonly number[]): number {
  const band = series(new Bollinger(20, 2), closes).at(-1)
  const close = closes.at(-1)
  if (band === undefined || close === undefined || signOf(band.upper - band.middle, close) === 0) return 0
  return clamp((close - band.middle) / (band.upper - band.middle), -1, 1)
}
