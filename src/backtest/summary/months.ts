import type { BacktestTrade } from '../result.ts'
import type { CurvePoint } from './curve.ts'
import { ratioOf, sumOf } from './sums.ts'

/** A calendar month (UTC) of a run: what its closed trades earned, and how equity changed, open positions included. */
export interface MonthFigures {
  /** '2025-01'. */
  readonly month: string
  /** Trades that ended in it, and the sum of their net results in quote. */
  readonly trades: number
  readonly profit_total: number
  /** Equity at its end ÷ equity at its beginning − 1; null when nothing was left at its beginning. */
  readonly return: number | null
}

/** Every month from the first moment of the run to the last, those without a trade too. A point at midnight ends its month. */
export function monthsOf(run: {
  readonly trades: readonly BacktestTrade[]
  readonly equity: readonly CurvePoint[]
  readonly capital: number
  readonly from_ms: number
  readonly to_ms: number
}): MonthFigures[] {
  const ended = Map.groupBy(run.trades, ({ exit_time_ms }) => monthOf(exit_time_ms))
  const closes = new Map(run.equity.map(({ time_ms, equity }) => [monthOf(time_ms), equity]))
  const seen = [
    ...ended.keys(),
    monthOf(run.from_ms + 1),
    monthOf(Math.max(run.to_ms, run.from_ms + 1)),
  ].sort()
  let before = run.capital
  return monthsBetween(seen[0] ?? '', seen.at(-1) ?? '').map((month) => {
    const trades = ended.get(month) ?? []
    const close = closes.get(month) ?? before
    const change = before > 0 ? ratioOf(close, before) : null
    before = close
    return {
      month,
      trades: trades.length,
      profit_total: sumOf(trades.map(({ pnl }) => pnl)),
      return: change === null ? null : change - 1,
    }
  })
}

function monthOf(timeMs: number): string {
  return new Date(timeMs - 1).toISOString().slice(0, 7)
}

function monthsBetween(first: string, last: string): string[] {
  const months = [first]
  for (let month = first; month < last; months.push(month)) month = monthAfter(month)
  return months
}

function monthAfter(month: string): string {
  const [year = 0, number = 0] = month.split('-').map(Number)
  return new Date(Date.UTC(year, number, 1)).toISOString().slice(0, 7)
}
