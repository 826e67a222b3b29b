import { clamp } from '../market/series.ts'

/** The confidence a signal needs and what it is made of; ratios of 1. */
export interface Threshold {
  readonly threshold: number
  readonly volatility: number
  readonly accuracy: number
  readonly timeOfDay: number
}

const least = 0.35
const most = 0.65

/** threshold = clamp(0.35 + volatility + accuracy + time of day, 0.35, 0.65). */
export function confidenceThreshold(situation: {
  readonly dailyVolatility: number | null
  readonly samples: number
  readonly hits: number
  readonly marketNowMs: number
}): Threshold {
  const volatility = volatilityPart(situation.dailyVolatility)
  const accuracy = accuracyPart(situation)
  const timeOfDay = timePart(situation.marketNowMs)
  return {
    threshold: clamp(least + volatility + accuracy + timeOfDay, least, most),
    volatility,
    accuracy,
    timeOfDay,
  }
}

/** 0 up to 2 % daily volatility, +0.15 from 6 % on, linear between; 0 when it is not known. */
function volatilityPart(dailyVolatility: number | null): number {
  if (dailyVolatility === null) return 0
  return 0.15 * clamp((dailyVolatility - 0.02) / 0.04, 0, 1)
}

/** (0.5 − hit rate)/2 within −0.05…+0.10; 0 under 10 samples. */
function accuracyPart({ samples, hits }: { samples: number; hits: number }): number {
  return samples < 10 ? 0 : clamp((0.5 - hits / samples) / 2, -0.05, 0.1)
}

/** UTC: the Asian session 00–08 +0.05, 22–24 +0.03, and the weekend +0.02 on top. */
function timePart(marketNowMs: number): number {
  const now = new Date(marketNowMs)
  const hour = now.getUTCHours()
  const session = hour < 8 ? 0.05 : hour >= 22 ? 0.03 : 0
  const isWeekend = now.getUTCDay() === 0 || now.getUTCDay() === 6
  return session + (isWeekend ? 0.02 : 0)
}
