import type { Candle } from '../../candle.ts'
import { closedCandlesOf, type MarketContext } from '../../market/market-context.ts'
import { clamp } from '../../market/series.ts'
import { dailyVolatility } from '../../market/volatility.ts'
import { Kept } from './memory.ts'
import { percentText, tooShort, type Vote } from './vote.ts'

const wildVolatility = 0.08
const deepDrawdown = 0.15
const wideGap = 0.05

/** Candles of 1 h that are read: 48 returns of volatility. */
export const riskWindow = 49
/** Candles of 5 m that are read: 24 hours of gaps. */
export const gapWindow = 288

type Hours = { readonly volatility: number | null; readonly drawdown: number }

/**
 * Risk never takes a side: it damps the others, surer the wilder the market is, and vetoes above 8 % daily volatility,
 * 15 % below the high of 24 h, or when two 5 m candles of those 24 h lie more than 5 % apart.
 * `kept` carries what the hours say to the next of them.
 */
export function riskVote(context: MarketContext, kept = new Kept<Hours>()): Vote {
  const { volatility, drawdown } = kept.get(context, ['1h'], () => readHours(context))
  if (volatility === null) return tooShort('risk', '49 candles of 1 h')
  const gap = widestGap(closedCandlesOf(context, '5m'))
  const veto = vetoOf({ volatility, drawdown, gap })
  return {
    seat: 'risk',
    value: 0,
    confidence: clamp(Math.max(volatility / wildVolatility, drawdown / deepDrawdown), 0, 1),
    reasons: [
      `daily volatility ${percentText(volatility)}`,
      `24 h drawdown ${percentText(drawdown)}`,
      `widest 5 m gap ${percentText(gap)}`,
    ],
    ...(veto === undefined ? {} : { veto }),
  }
}

function readHours(context: MarketContext): Hours {
  const hours = closedCandlesOf(context, '1h').slice(-riskWindow)
  return {
    volatility: dailyVolatility(hours.map((candle) => candle.close)),
    drawdown: drawdownOf(hours.slice(-24)),
  }
}

function vetoOf(market: { volatility: number; drawdown: number; gap: number }): string | undefined {
  if (market.volatility > wildVolatility)
    return `daily volatility ${percentText(market.volatility)} is above 8 %`
  if (market.drawdown > deepDrawdown) return `24 h drawdown ${percentText(market.drawdown)} is above 15 %`
  if (market.gap > wideGap) return `a gap of ${percentText(market.gap)} between 5 m candles is above 5 %`
  return undefined
}

/** How far the last close lies below the highest price of the candles. */
function drawdownOf(candles: readonly Candle[]): number {
  const high = Math.max(...candles.map((candle) => candle.high))
  const close = candles.at(-1)?.close ?? high
  return high > 0 ? 1 - close / high : 0
}

/** The largest jump from a close to the next open in the last 24 h. */
function widestGap(candles: readonly Candle[]): number {
  let widest = 0
  for (let i = Math.max(1, candles.length - gapWindow + 1); i < candles.length; i++) {
    const gap = Math.abs((candles[i] as Candle).open / (candles[i - 1] as Candle).close - 1)
    if (gap > widest) widest = gap
  }
  return widest
}
