import { closedCandlesOf, lastClosedOf, type MarketContext } from '../../market/market-context.ts'
import { clamp, meanOfLast } from '../../market/series.ts'
import { Kept } from './memory.ts'
import { percentText, tooShort, type Vote } from './vote.ts'

/** When Bitcoin's block reward halved (UTC dates). */
const halvings = ['2012-11-28', '2016-07-09', '2020-05-11', '2024-04-20'].map((day) =>
  Date.parse(`${day}T00:00:00Z`),
)

const yearMs = 365.25 * 86_400_000

/** +1 up to 1.5 years after a halving, −1 up to 2.5 years, else 0. */
export function halvingPhase(nowMs: number): 1 | -1 | 0 {
  const last = halvings.findLast((halving) => halving <= nowMs)
  if (last === undefined) return 0
  const years = (nowMs - last) / yearMs
  if (years <= 1.5) return 1
  return years <= 2.5 ? -1 : 0
}

/** Candles of 1 d that are read. */
export const researchWindow = 200

/**
 * Research reads the long term: how far the price is from its 200-day mean, and the halving phase; always half as sure.
 * `kept` carries the mean to the next day.
 */
export function researchVote(context: MarketContext, kept = new Kept<number>()): Vote {
  const mean = kept.get(context, ['1d'], () => {
    const days = closedCandlesOf(context, '1d').map((candle) => candle.close)
    return meanOfLast(days, researchWindow)
  })
  const price = lastClosedOf(context, '1d')?.close
  if (price === undefined || Number.isNaN(mean)) return tooShort('research', '200 candles of 1 d')
  const value = clamp((1 - price / mean) / 0.5, -1, 1)
  const phase = halvingPhase(context.nowMs)
  return {
    seat: 'research',
    value: (value + phase) / 2,
    confidence: 0.5,
    reasons: [`${percentText(price / mean - 1)} from the 200-day mean`, `halving phase ${phase}`],
  }
}
