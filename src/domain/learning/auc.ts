import type { Forecast } from './reliability.ts'

/**
 * The area under the ROC curve: how probable it is that of two setups, one that came and one that did not, the first was
 * foretold the higher probability; equal ones count half (Mann and Whitney's statistic by ranks). With its standard error
 * (Hanley and McNeil, 1982). Undefined where all came or none did.
 */
export function areaUnderCurve(
  forecasts: readonly Forecast[],
): { readonly area: number; readonly error: number } | undefined {
  const ordered = forecasts.toSorted((a, b) => a.probability - b.probability)
  const positives = forecasts.filter(({ came }) => came).length
  const negatives = forecasts.length - positives
  if (positives === 0 || negatives === 0) return undefined
  let ranks = 0
  for (let i = 0; i < ordered.length; ) {
    let end = i
    let came = 0
    while (end < ordered.length && ordered[end]?.probability === ordered[i]?.probability) {
      if (ordered[end]?.came) came += 1
      end += 1
    }
    ranks += came * ((i + 1 + end) / 2)
    i = end
  }
  const area = (ranks - (positives * (positives + 1)) / 2) / (positives * negatives)
  const q1 = area / (2 - area)
  const q2 = (2 * area * area) / (1 + area)
  const variance =
    (area * (1 - area) + (positives - 1) * (q1 - area * area) + (negatives - 1) * (q2 - area * area)) /
    (positives * negatives)
  return { area, error: Math.sqrt(Math.max(0, variance)) }
}
