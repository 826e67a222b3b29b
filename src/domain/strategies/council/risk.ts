import type { Candle } from '../../candle.ts'
import { closedCandlesOf, type MarketContext } from '../../market/market-context.ts'
import { clamp } from '../../market/series.ts'
import { dailyVolatility } from '../../market/volatility.ts'
import { percentText, tooShort, type Vote } from './vote.ts'

const wildVolatility = 0.08
const deepDrawdown = 0.15
const wideGap = 0.05

/**
 * Risk never takes a side: it damps the others, surer the wilder the market is, and vetoes above 8 % daily volatility,
 * 15 % below the high of 24 h, or when two 5 m candles of those 24 h lie more than 5 % apart.
 */
export function riskVote(context: MarketContext): Vote {
  const hours = closedCandlesOf(context, '1h')
  const volatility = dailyVolatility(hours.map((candle) => candle.close))
  if (volatility === null) return tooShort('risk', '49 candles of 1 h')
  const drawdown = drawdownOf(hours.slice(-24))
  const gap = widestGap(closedCandlesOf(context, '5m').slice(-288))
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

/** The largest jump from a close to the next open. */
function widestGap(candles: readonly Candle[]): number {
  let widest = 0
  for (const [i, candle] of candles.entries()) {
    const before = candles[i - 1]
    if (before !== undefined) widest = Math.max(widest, Math.abs(candle.open / before.close - 1))
  }
  return widest
}
