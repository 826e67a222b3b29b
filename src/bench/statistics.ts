/** The value below which the share `q` of the values lies, by nearest rank: q = 0.99 is the p99. NaN without values. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN
}

/** The middle value, or the mean of the two middle ones. NaN without values. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const upper = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? Number.NaN
  return lower + (upper - lower) / 2
}

/** The least and the greatest value. */
export function spread(values: readonly number[]): readonly [number, number] {
  return [Math.min(...values), Math.max(...values)]
}

/** One figure of one round, measured on both sides. */
export interface Pair {
  readonly floor: number
  readonly ours: number
}

/** What rounds come to: each side's median, and the median and spread of the ratios within a round. */
export interface Comparison {
  readonly floor: number
  readonly ours: number
  /** Median of ours ÷ floor of each round, so that what slows one round down slows both of its sides. */
  readonly ratio: number
  readonly spread: readonly [number, number]
  /** Median and spread of ours − floor of each round. */
  readonly increase: number
  readonly increaseSpread: readonly [number, number]
}

/** Compares the rounds of one figure; the first one is dropped, for it warms up. Needs at least two. */
export function compare(rounds: readonly Pair[]): Comparison {
  const kept = rounds.slice(1)
  if (kept.length === 0) throw new RangeError('a comparison needs two rounds, for the first one is dropped')
  const ratios = kept.map(({ floor, ours }) => ours / floor)
  const increases = kept.map(({ floor, ours }) => ours - floor)
  return {
    floor: median(kept.map(({ floor }) => floor)),
    ours: median(kept.map(({ ours }) => ours)),
    ratio: median(ratios),
    spread: spread(ratios),
    increase: median(increases),
    increaseSpread: spread(increases),
  }
}
