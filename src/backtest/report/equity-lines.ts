import { type CurvePoint, underwater } from '../summary/curve.ts'
import { holdCurve } from './hold-curve.ts'
import type { Told } from './told.ts'

/** Points drawn at most: more than a screen has columns would only be larger. */
const mostPoints = 1_200

/** What the equity plot draws, all at the same moments: the account, buy and hold, and how far below its peak the account stood (0 to −1). */
export interface EquityLines {
  readonly times: readonly number[]
  readonly account: readonly number[]
  /** Empty when nobody knows it. */
  readonly hold: readonly number[]
  readonly depth: readonly number[]
}

/** The lines of a run from its capital on, thinned so that no high and no low is lost. */
export function equityLines({ run, charts }: Told): EquityLines {
  const { capital, from_ms } = run.settings
  const after = run.equity.filter(({ time_ms }) => time_ms > from_ms)
  const curve = [{ time_ms: from_ms, equity: capital }, ...after]
  const depths = underwater(curve)
  const kept = thinned(curve)
  const times = kept.map((i) => curve[i]?.time_ms ?? from_ms)
  const hold = run.hold?.length ? valuesAt(run.hold, times, capital) : holdCurve(charts, times, capital)
  return {
    times,
    account: kept.map((i) => curve[i]?.equity ?? capital),
    hold: hold.map(({ equity }) => equity),
    depth: kept.map((i) => -(depths[i] ?? 0)),
  }
}

/** The curve's value at each of the times: that of its last point until then, and the capital before its first. */
function valuesAt(curve: readonly CurvePoint[], times: readonly number[], capital: number): CurvePoint[] {
  let next = 0
  return times.map((time_ms) => {
    while ((curve[next]?.time_ms ?? Number.POSITIVE_INFINITY) <= time_ms) next += 1
    return { time_ms, equity: curve[next - 1]?.equity ?? capital }
  })
}

/** Places that keep the highs and lows of the curve, first and last among them. */
function thinned(curve: readonly CurvePoint[]): number[] {
  const places = curve.map((_, i) => i)
  if (curve.length <= mostPoints) return places
  const width = Math.ceil(curve.length / (mostPoints / 2))
  const kept = new Set([0, curve.length - 1])
  for (let from = 0; from < curve.length; from += width) {
    const part = places
      .slice(from, from + width)
      .sort((a, b) => (curve[a]?.equity ?? 0) - (curve[b]?.equity ?? 0))
    for (const place of [part[0], part.at(-1)]) if (place !== undefined) kept.add(place)
  }
  return [...kept].sort((a, b) => a - b)
}
