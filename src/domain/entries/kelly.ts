import type { ClosedTrade } from './decision.ts'

/** What the half-Kelly size rests on. Ratios; f* is clamped to [0, 0.25]. */
export interface Kelly {
  readonly fraction: number
  readonly winRate: number
  readonly averageWin: number
  readonly averageLoss: number
  readonly trades: number
  /** When so few of these trades are left in the last 30 days that the account is sized without Kelly again. */
  readonly forgottenAtMs: number
}

const windowMs = 30 * 86_400_000
const leastTrades = 20
const newestCount = 100
const leastEquity = 50

/** f* = (p·W − (1−p)·L)/W, clamped to [0, 0.25]; 0 when nothing was ever won. W and L in one unit, L positive. */
export function kellyFraction(record: { winRate: number; averageWin: number; averageLoss: number }): number {
  const { winRate, averageWin, averageLoss } = record
  if (!(averageWin > 0)) return 0
  const fraction = (winRate * averageWin - (1 - winRate) * averageLoss) / averageWin
  return Math.min(0.25, Math.max(0, fraction))
}

/** Half of what Kelly would stake: bankroll · ½ f*. */
export function halfKelly(bankroll: number, fraction: number): number {
  return (bankroll * fraction) / 2
}

/**
 * The account's Kelly reading: its newest 100 closed trades of the last 30 days. Undefined up to 20 of them, or under 50 of
 * equity: then there is too little to learn from.
 */
export function readKelly(account: {
  readonly trades: readonly ClosedTrade[]
  readonly equity: number
  readonly marketNowMs: number
}): Kelly | undefined {
  const recent = account.trades
    .filter(
      (trade) => trade.closedAtMs > account.marketNowMs - windowMs && trade.closedAtMs <= account.marketNowMs,
    )
    .toSorted((a, b) => b.closedAtMs - a.closedAtMs)
  const last = recent[leastTrades]
  if (last === undefined || account.equity < leastEquity) return undefined
  const counted = recent.slice(0, newestCount).map((trade) => trade.profitRatio)
  const wins = counted.filter((ratio) => ratio > 0)
  const losses = counted.filter((ratio) => ratio <= 0)
  const record = {
    winRate: wins.length / counted.length,
    averageWin: mean(wins),
    averageLoss: Math.abs(mean(losses)),
  }
  return {
    ...record,
    fraction: kellyFraction(record),
    trades: counted.length,
    forgottenAtMs: last.closedAtMs + windowMs,
  }
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length
}
