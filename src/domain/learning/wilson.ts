/** The 97.5 % quantile of the normal distribution. */
const z = 1.959963984540054

/**
 * The 95 % confidence interval of a share that was seen as `hits` of `of` (Wilson, 1927): unlike the usual ± it stays inside
 * [0, 1] and means something for small numbers. Nothing seen is [0, 1].
 */
export function wilson(hits: number, of: number): { readonly low: number; readonly high: number } {
  if (of === 0) return { low: 0, high: 1 }
  const share = hits / of
  const spread = z * Math.sqrt((share * (1 - share)) / of + (z * z) / (4 * of * of))
  const middle = share + (z * z) / (2 * of)
  const scale = 1 + (z * z) / of
  // At 0 and 1 the bound is exact; what is left there is binary dust.
  return {
    low: hits === 0 ? 0 : Math.max(0, (middle - spread) / scale),
    high: hits === of ? 1 : Math.min(1, (middle + spread) / scale),
  }
}
