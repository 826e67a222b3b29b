/** How often something came in a group that was foretold about the same. */
export interface TrendGroup {
  readonly foretold: number
  readonly count: number
  readonly hits: number
}

/** From this on a trend is more than chance (5 %, two-sided). */
export const rareTrend = 1.959963984540054

/**
 * Whether more came where more was foretold: z of the Cochran–Armitage test for a trend in shares (Armitage, 1955). Positive
 * when it did. Null where the groups or their hits are all alike.
 */
export function trendOf(groups: readonly TrendGroup[]): number | null {
  const total = groups.reduce((sum, { count }) => sum + count, 0)
  const hits = groups.reduce((sum, one) => sum + one.hits, 0)
  if (total < 2 || hits === 0 || hits === total) return null
  const share = hits / total
  const mean = groups.reduce((sum, { foretold, count }) => sum + foretold * count, 0) / total
  let along = 0
  let spread = 0
  for (const { foretold, count, hits: own } of groups) {
    along += (foretold - mean) * (own - count * share)
    spread += count * (foretold - mean) ** 2
  }
  return spread > 1e-12 ? along / Math.sqrt(share * (1 - share) * spread) : null
}
