/** The risk tier of an account size. Ratios; leverage as a factor. */
export interface Tier {
  readonly belowEquity: number
  readonly minRisk: number
  readonly maxRisk: number
  readonly leverage: number
  /** The most that all open stops together may lose, as a ratio of equity. */
  readonly heat: number
}

/** Smaller accounts risk more a trade to reach a venue's minimum, with less leverage. */
const tiers: readonly Tier[] = [
  { belowEquity: 20, minRisk: 0.003, maxRisk: 0.03, leverage: 2, heat: 0.1 },
  { belowEquity: 100, minRisk: 0.005, maxRisk: 0.04, leverage: 2, heat: 0.1 },
  { belowEquity: 500, minRisk: 0.008, maxRisk: 0.03, leverage: 2.5, heat: 0.12 },
  { belowEquity: Number.POSITIVE_INFINITY, minRisk: 0.008, maxRisk: 0.025, leverage: 3, heat: 0.12 },
]

/** The tier of an equity in dollars. */
export function tierOf(equity: number): Tier {
  const tier = tiers.find(({ belowEquity }) => equity < belowEquity)
  if (tier === undefined) throw new RangeError(`no tier for an equity of ${equity}`)
  return tier
}

/** The risk of one position, linear in the setup's score (0–1) inside the tier's range. */
export function tierRisk(tier: Tier, score: number): number {
  return tier.minRisk + (tier.maxRisk - tier.minRisk) * score
}
