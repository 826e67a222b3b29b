/** Hours of log returns that a correlation reads. */
export const correlationHours = 168

function logReturns(closes: readonly number[]): number[] {
  const returns: number[] = []
  for (let i = 1; i < closes.length; i++) returns.push(Math.log((closes[i] ?? 0) / (closes[i - 1] ?? 0)))
  return returns
}

/**
 * Pearson correlation of two lists of closes' log returns over their last 168 hours, −1…1; undefined when either has fewer
 * or did not move. The lists must end at the same hour.
 */
export function correlationOf(a: readonly number[], b: readonly number[]): number | undefined {
  if (a.length <= correlationHours || b.length <= correlationHours) return undefined
  const x = logReturns(a.slice(-correlationHours - 1))
  const y = logReturns(b.slice(-correlationHours - 1))
  const meanX = x.reduce((sum, value) => sum + value, 0) / x.length
  const meanY = y.reduce((sum, value) => sum + value, 0) / y.length
  let xx = 0
  let yy = 0
  let xy = 0
  for (const [i, value] of x.entries()) {
    const dx = value - meanX
    const dy = (y[i] ?? 0) - meanY
    xx += dx * dx
    yy += dy * dy
    xy += dx * dy
  }
  return xx > 0 && yy > 0 ? xy / Math.sqrt(xx * yy) : undefined
}
