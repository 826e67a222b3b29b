/** A moment of a curve of money: epoch milliseconds, quote. */
export interface CurvePoint {
  readonly time_ms: number
  readonly equity: number
}

/** A fall from a peak: its depth as a share of the peak and in quote, the peak's moment and the deepest one's. */
export interface Fall {
  readonly ratio: number
  readonly quote: number
  readonly from_ms: number
  readonly to_ms: number
}

/**
 * The fall that was deepest as a share of the peak before it (maximum drawdown; Magdon-Ismail & Atiya 2004). A curve that
 * never falls gives a fall of zero at its first point; no points give null. Equity below zero counts as all of it lost.
 */
export function deepestFall(curve: readonly CurvePoint[]): Fall | null {
  const [first] = curve
  if (!first) return null
  let peak = first
  let deepest: Fall = { ratio: 0, quote: 0, from_ms: first.time_ms, to_ms: first.time_ms }
  for (const point of curve) {
    if (point.equity >= peak.equity) peak = point
    const ratio = shareLost(peak.equity, point.equity)
    if (ratio > deepest.ratio)
      deepest = {
        ratio,
        quote: peak.equity - point.equity,
        from_ms: peak.time_ms,
        to_ms: point.time_ms,
      }
  }
  return deepest
}

/** How far below its highest point so far the curve stands at each of its points: 0 at a peak, 0.1 for a tenth below. */
export function underwater(curve: readonly CurvePoint[]): number[] {
  let peak = Number.NEGATIVE_INFINITY
  return curve.map(({ equity }) => {
    peak = Math.max(peak, equity)
    return shareLost(peak, equity)
  })
}

/** The longest time from a peak until that height is seen again, or until the curve ends, in milliseconds. */
export function longestUnderwaterMs(curve: readonly CurvePoint[]): number {
  let peak = curve[0]
  let isUnder = false
  let longest = 0
  for (const point of curve) {
    if (!peak) break
    const wasUnder = isUnder
    isUnder = point.equity < peak.equity
    if (wasUnder || isUnder) longest = Math.max(longest, point.time_ms - peak.time_ms)
    if (!isUnder) peak = point
  }
  return longest
}

function shareLost(peak: number, equity: number): number {
  return peak <= 0 ? 0 : Math.min(1, (peak - equity) / peak)
}
