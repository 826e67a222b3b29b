import { wilson } from './wilson.ts'

/** Something that was foretold with a probability, and whether it came. */
export interface Forecast {
  readonly probability: number
  readonly came: boolean
}

/** Forecasts of about the same probability, and how often they came. */
export interface ReliabilityBin {
  /** The probabilities in it: from `low` to under `high`; the last one holds its upper end. */
  readonly low: number
  readonly high: number
  readonly count: number
  readonly hits: number
  /** Mean of what was foretold; null without any. */
  readonly foretold: number | null
  /** Share that came, with its 95 % interval; null without any. */
  readonly came: number | null
  readonly interval: { readonly low: number; readonly high: number }
}

/** How often things came of those foretold with 0–10 %, 10–20 %, … */
export function reliability(forecasts: readonly Forecast[], bins = 10): ReliabilityBin[] {
  const groups = Map.groupBy(forecasts, ({ probability }) =>
    Math.min(bins - 1, Math.max(0, Math.floor(probability * bins + 1e-9))),
  )
  return Array.from({ length: bins }, (_, i) => {
    const group = groups.get(i) ?? []
    const hits = group.filter(({ came }) => came).length
    const count = group.length
    return {
      low: i / bins,
      high: (i + 1) / bins,
      count,
      hits,
      foretold: count === 0 ? null : group.reduce((sum, one) => sum + one.probability, 0) / count,
      came: count === 0 ? null : hits / count,
      interval: wilson(hits, count),
    }
  })
}

/** Expected calibration error: the mean distance between foretold and came, each bin by its count; 0 without forecasts. */
export function calibrationError(bins: readonly ReliabilityBin[]): number {
  const total = bins.reduce((sum, { count }) => sum + count, 0)
  if (total === 0) return 0
  return bins.reduce(
    (sum, { count, foretold, came }) =>
      foretold === null || came === null ? sum : sum + (count / total) * Math.abs(foretold - came),
    0,
  )
}

/** Brier score: the mean squared distance of what was foretold from what came, 0 at best; NaN without forecasts. */
export function brier(forecasts: readonly Forecast[]): number {
  const total = forecasts.reduce((sum, { probability, came }) => sum + (probability - (came ? 1 : 0)) ** 2, 0)
  return total / forecasts.length
}
