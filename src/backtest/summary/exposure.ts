/** A position's time in the market, in epoch milliseconds. */
export interface Stay {
  readonly entry_time_ms: number
  readonly exit_time_ms: number
}

/** Milliseconds in which at least one position was open: the union of the stays, so that two at once count once. */
export function timeInMarketMs(stays: readonly Stay[]): number {
  let total = 0
  let until = Number.NEGATIVE_INFINITY
  for (const stay of stays.toSorted((a, b) => a.entry_time_ms - b.entry_time_ms)) {
    total += Math.max(0, stay.exit_time_ms - Math.max(until, stay.entry_time_ms))
    until = Math.max(until, stay.exit_time_ms)
  }
  return total
}
