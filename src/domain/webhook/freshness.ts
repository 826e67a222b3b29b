/** How far a sender's clock may be from ours, either way; later than that a delivery is an old one, or a replay. */
export const freshForMs = 300_000

/** Why a delivery of this moment is not taken now; undefined when it is. Times are epoch milliseconds of the wall clock. */
export function staleness(timeMs: number, nowMs: number): string | undefined {
  const lateMs = nowMs - timeMs
  if (Math.abs(lateMs) <= freshForMs) return undefined
  const seconds = Math.round(Math.abs(lateMs) / 1_000)
  return lateMs > 0
    ? `it was written ${seconds} s ago; ${freshForMs / 1_000} s are the most`
    : `its time lies ${seconds} s ahead of ours; set the sender's clock right`
}
