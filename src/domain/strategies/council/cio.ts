import { Adx } from '../../market/adx.ts'
import { emaStack } from '../../market/ema-stack.ts'
import { closedCandlesOf, type MarketContext } from '../../market/market-context.ts'
import { clamp, lastOf } from '../../market/series.ts'
import { Kept } from './memory.ts'
import { percentText, tooShort, type Vote } from './vote.ts'

const stack = [20, 50, 200] as const

/** Candles of 1 h and of 4 h that are read: an EMA 200 settles over about three of its periods. */
export const cioWindow = 600

/**
 * The chief investment officer reads the trend: the mean of the EMA 20/50/200 stacks it has on 1 h and 4 h and the momentum
 * of 24 h over 5 %; as sure as ADX 14 of 1 h is near 40, half as sure without 4 h. `kept` carries the vote to the next hour.
 */
export function cioVote(context: MarketContext, kept = new Kept<Vote>()): Vote {
  return kept.get(context, ['1h', '4h'], () => readTrend(context))
}

function readTrend(context: MarketContext): Vote {
  const hours = closedCandlesOf(context, '1h').slice(-cioWindow)
  const closes = hours.map((candle) => candle.close)
  const hourly = emaStack(closes, stack)
  const fourHourly = emaStack(
    closedCandlesOf(context, '4h')
      .slice(-cioWindow)
      .map((candle) => candle.close),
    stack,
  )
  const stacks = [hourly, fourHourly].filter((value) => !Number.isNaN(value))
  const last = closes.at(-1)
  const dayBefore = closes.at(-25)
  const adx = lastOf(new Adx(14), hours)
  if (stacks.length === 0 || last === undefined || dayBefore === undefined || Number.isNaN(adx))
    return tooShort('cio', '200 candles of 1 h or 4 h')
  const momentum = last / dayBefore - 1
  const votes = [...stacks, clamp(momentum / 0.05, -1, 1)]
  const hasFourHours = !Number.isNaN(fourHourly)
  return {
    seat: 'cio',
    value: votes.reduce((sum, vote) => sum + vote, 0) / votes.length,
    confidence: clamp(adx / 40, 0, 1) * (hasFourHours ? 1 : 0.5),
    reasons: [
      `1 h stack ${Number.isNaN(hourly) ? 'too short' : hourly}`,
      `4 h stack ${hasFourHours ? fourHourly : 'too short'}`,
      `24 h momentum ${percentText(momentum)}`,
      `ADX ${adx.toFixed(1)}`,
    ],
  }
}
