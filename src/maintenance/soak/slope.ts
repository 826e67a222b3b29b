/** A measurement: hours since the beginning, and megabytes. */
export interface Point {
  readonly hours: number
  readonly mb: number
}

/** How fast something grows, in MB per hour, with the 95 % interval of that. */
export interface Slope {
  readonly mbPerHour: number
  readonly from: number
  readonly to: number
}

/**
 * The least-squares line through the points, of those after the first `warmUpHours`. The interval is Student's for independent errors
 * (1.96 and a correction for few points: Abramowitz & Stegun 26.7.5, first order); means of a minute are nearly so, single
 * heartbeats are not. Undefined for fewer than five points.
 */
export function slopeOf(points: readonly Point[], warmUpHours: number): Slope | undefined {
  const used = points.filter(({ hours }) => hours >= warmUpHours)
  if (used.length < 5) return undefined
  const mean = (pick: (point: Point) => number) => used.reduce((sum, one) => sum + pick(one), 0) / used.length
  const [x, y] = [mean(({ hours }) => hours), mean(({ mb }) => mb)]
  const sxx = used.reduce((sum, { hours }) => sum + (hours - x) ** 2, 0)
  const mbPerHour = used.reduce((sum, { hours, mb }) => sum + (hours - x) * (mb - y), 0) / sxx
  const left = used.reduce((sum, { hours, mb }) => sum + (mb - y - mbPerHour * (hours - x)) ** 2, 0)
  const freedom = used.length - 2
  const t = 1.96 + (1.96 ** 3 + 1.96) / (4 * freedom)
  const half = t * Math.sqrt(left / freedom / sxx)
  return { mbPerHour, from: mbPerHour - half, to: mbPerHour + half }
}

/** Means of each minute: a heartbeat's reading is one of a saw-tooth. */
export function byMinute(points: readonly Point[]): Point[] {
  const minutes = Map.groupBy(points, ({ hours }) => Math.floor(hours * 60))
  return [...minutes].map(([minute, seen]) => ({
    hours: (minute + 0.5) / 60,
    mb: seen.reduce((sum, { mb }) => sum + mb, 0) / seen.length,
  }))
}
