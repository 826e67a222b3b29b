import type { CurvePoint } from './curve.ts'

const dayMs = 86_400_000

/** Returns from day to day, and how many of them make a year. */
export interface DailyReturns {
  readonly returns: readonly number[]
  /** 365 ÷ the mean number of days between two values; 365 when every day has one. */
  readonly perYear: number
}

/**
 * The change of equity from each UTC day's last value to the next one's, the first against the capital. Crypto trades every
 * day, so a year has 365. A point at midnight closes the day before it. The row ends where nothing is left.
 */
export function dailyReturns(curve: readonly CurvePoint[], capital: number): DailyReturns {
  const closes = new Map<number, number>()
  for (const { time_ms, equity } of curve) closes.set(Math.floor((time_ms - 1) / dayMs), equity)
  const returns: number[] = []
  let before = capital
  for (const close of closes.values()) {
    if (before <= 0) break
    returns.push(close / before - 1)
    before = close
  }
  const days = [...closes.keys()]
  const span = (days.at(-1) ?? 0) - (days[0] ?? 0) + 1
  return { returns, perYear: closes.size === 0 ? 365 : (365 * closes.size) / span }
}
