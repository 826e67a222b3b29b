import type { DailyReturns } from './daily-returns.ts'
import { deviationOf, finite, meanOf, ratioOf } from './sums.ts'

const yearMs = 365 * 86_400_000

/** Below this a deviation is the rounding of equal numbers. */
const noise = 1e-12

/**
 * Mean ÷ sample standard deviation of the daily returns × √365, without a risk-free rate (Sharpe 1994). null for fewer than
 * two days or returns that are all the same.
 */
export function sharpeRatio({ returns, perYear }: DailyReturns): number | null {
  return annualised(meanOf(returns), deviationOf(returns), perYear)
}

/**
 * Mean of the daily returns ÷ √(mean of the squares of the negative ones over all days) × √365, target 0 (Sortino & Price 1994).
 * null for fewer than two days or without a losing one.
 */
export function sortinoRatio({ returns, perYear }: DailyReturns): number | null {
  if (returns.length < 2) return null
  const squares = meanOf(returns.map((value) => Math.min(0, value) ** 2)) ?? 0
  return annualised(meanOf(returns), Math.sqrt(squares), perYear)
}

/** Sample standard deviation of the daily returns × √365. */
export function annualVolatility({ returns, perYear }: DailyReturns): number | null {
  const deviation = deviationOf(returns)
  return deviation === null ? null : finite(deviation * Math.sqrt(perYear))
}

/**
 * (end ÷ begin)^(365 days ÷ span) − 1, the growth a year of this kind would come to. −1 when nothing is left, null for a span under
 * a day, of which a year says nothing.
 */
export function annualGrowth(run: { begin: number; end: number; spanMs: number }): number | null {
  if (run.spanMs < 86_400_000 || run.begin <= 0) return null
  return run.end <= 0 ? -1 : finite((run.end / run.begin) ** (yearMs / run.spanMs) - 1)
}

/** Annual growth ÷ maximum drawdown over the whole run (Young 1991, there over 36 months). null without a drawdown. */
export function calmarRatio(growth: number | null, drawdown: number): number | null {
  return growth === null ? null : ratioOf(growth, drawdown)
}

/**
 * √n × mean ÷ sample standard deviation of the trades' net results (Van Tharp's system quality number; backtesting.py). It is the
 * t statistic of the mean: within ±2 the result is hardly told from chance.
 */
export function systemQuality(results: readonly number[]): number | null {
  return annualised(meanOf(results), deviationOf(results), results.length)
}

function annualised(mean: number | null, deviation: number | null, periods: number): number | null {
  if (mean === null || deviation === null || deviation < noise) return null
  return ratioOf(mean * Math.sqrt(periods), deviation)
}
