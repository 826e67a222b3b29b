import { uniform } from '../simulator/tape/noise.ts'

/** Numbers in (0, 1) that are the same for the same seed and lane. */
export type Random = () => number

/** The numbers of one seed; lanes of the same seed are independent of one another. */
export function random(seed: number, lane: number): Random {
  let index = 0
  return () => uniform(seed, lane, 0, index++)
}

/** A whole number from `from` up to and including `to`. */
export function wholeBetween(next: Random, from: number, to: number): number {
  return from + Math.floor(next() * (to - from + 1))
}

/** One of some values. */
export function oneOf<T>(next: Random, values: readonly T[]): T {
  return values[Math.floor(next() * values.length)] as T
}
