/**
 * Randomness without state: each number is a hash of where it is asked for, so that any moment of a synthetic
 * market can be computed without computing the moments before it.
 */

/** A 32-bit hash of four integers; neighbouring inputs give unrelated outputs. */
export function hash(seed: number, lane: number, level: number, index: number): number {
  let h = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 15) ^ Math.imul(lane + 0x7f4a7c15, 0xc2b2ae35), 0x2c1b3c6d)
  h = Math.imul(h ^ (h >>> 13) ^ Math.imul(level + 0x165667b1, 0x9e3779b1), 0x297a2d39)
  h = Math.imul(h ^ (h >>> 16) ^ Math.imul(index, 0x85ebca77), 0x21f0aaad)
  h = Math.imul(h ^ (h >>> 15), 0x735a2d97)
  return (h ^ (h >>> 15)) >>> 0
}

/** Uniform in (0, 1), never 0 or 1. */
export function uniform(seed: number, lane: number, level: number, index: number): number {
  return (hash(seed, lane, level, index) + 0.5) / 4_294_967_296
}

/** Standard normal (Box and Muller's method). */
export function normal(seed: number, lane: number, level: number, index: number): number {
  const radius = Math.sqrt(-2 * Math.log(uniform(seed, lane, level, index)))
  return radius * Math.cos(2 * Math.PI * uniform(seed, lane, level + 0x1000, index))
}

/**
 * Zero mean, unit variance, fat tails: a normal whose own spread is log-normal.
 * Its kurtosis is 3·exp(4·tail²): 3 at 0, 5.7 at 0.4.
 */
export function fatNormal(seed: number, lane: number, level: number, index: number, tail: number): number {
  const radius = Math.sqrt(-2 * Math.log(uniform(seed, lane, level, index)))
  const angle = 2 * Math.PI * uniform(seed, lane, level + 0x1000, index)
  return radius * Math.cos(angle) * Math.exp(tail * radius * Math.sin(angle) - tail * tail)
}
