/** Middle, 99th percentile and largest of some values; 0 of none. */
export interface Spread {
  readonly p50: number
  readonly p99: number
  readonly max: number
}

/** The spread of some values: each percentile is one of them. */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b)
  const at = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0
  return { p50: round(at(0.5)), p99: round(at(0.99)), max: round(sorted.at(-1) ?? 0) }
}

const round = (value: number) => Math.round(value * 1_000) / 1_000
