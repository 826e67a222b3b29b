import type { EquityCurve } from '../../api/equity.ts'
import type { AccountOverview } from '../../api/overview.ts'

/** A point of a curve: market time and money, for the eye. */
export interface EquityPoint {
  readonly atMs: number
  readonly equity: number
}

/** An account's curve together with its newest snapshot, which the stream brings before the curve is asked for again. */
export function withLatest(points: EquityCurve['points'], account: AccountOverview): EquityPoint[] {
  const all = points.map(({ at, equity }) => ({ atMs: Date.parse(at), equity: Number(equity) }))
  const latest = account.equityMarketAt ? Date.parse(account.equityMarketAt) : 0
  if (account.equity !== null && latest > (all.at(-1)?.atMs ?? 0))
    all.push({ atMs: latest, equity: Number(account.equity) })
  return all
}

/**
 * Several curves as one: at each moment of any of them the sum of what each was worth last. It begins where the last of
 * them begins, so that an account that is added does not look like a gain.
 */
export function sumOf(curves: readonly (readonly EquityPoint[])[]): EquityPoint[] {
  const [only] = curves
  if (curves.length === 1 && only) return [...only]
  const begin = Math.max(...curves.map((curve) => curve[0]?.atMs ?? Number.POSITIVE_INFINITY))
  const moments = [...new Set(curves.flatMap((curve) => curve.map(({ atMs }) => atMs)))]
    .filter((atMs) => atMs >= begin)
    .sort((a, b) => a - b)
  const places = curves.map(() => 0)
  return moments.map((atMs) => {
    let equity = 0
    for (const [index, curve] of curves.entries()) {
      let place = places[index] ?? 0
      while ((curve[place + 1]?.atMs ?? Number.POSITIVE_INFINITY) <= atMs) place += 1
      places[index] = place
      equity += curve[place]?.equity ?? 0
    }
    return { atMs, equity }
  })
}

/** How far each point lies below the highest one before it, as a ratio from 0 down to −1. */
export function drawdownOf(points: readonly EquityPoint[]): { atMs: number; ratio: number }[] {
  let peak = 0
  return points.map(({ atMs, equity }) => {
    peak = Math.max(peak, equity)
    return { atMs, ratio: peak > 0 ? equity / peak - 1 : 0 }
  })
}
