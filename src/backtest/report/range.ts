import { niceTicks } from './nice.ts'

/** The vertical scale of a plot. */
export interface Range {
  readonly ticks: readonly number[]
  readonly step: number
  /** Thousandths from the top. */
  readonly at: (value: number) => number
}

/** A scale that holds all the values, with some room; none above a highest value of zero. */
export function rangeOf(values: readonly number[]): Range {
  const low = values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY)
  const high = values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY)
  const room = (high - low) * 0.06 || Math.abs(high) * 0.01 || 1
  const top = high === 0 ? 0 : high + room
  const bottom = low - room
  const ticks = niceTicks(bottom, top, 4)
  return {
    ticks,
    step: (ticks[1] ?? 1) - (ticks[0] ?? 0),
    at: (value) => (1_000 * (top - value)) / (top - bottom),
  }
}
