const firstMs = 5_000
const longestMs = 600_000
/** From then on a message is no news any more. */
const givenUpAfterMs = 24 * 3_600_000

/**
 * When a message that did not go out is tried again, in ms from now: 5 s, doubling to 10 min, and never before `atLeastMs`;
 * undefined once it is a day old. `attempts` counts those that failed.
 */
export function retryAfterMs(attempts: number, ageMs: number, atLeastMs: number = 0): number | undefined {
  const waitMs = Math.max(Math.min(firstMs * 2 ** Math.min(attempts - 1, 20), longestMs), atLeastMs)
  return ageMs + waitMs > givenUpAfterMs ? undefined : waitMs
}
