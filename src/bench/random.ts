import { uniform } from '../simulator/tape/noise.ts'

/** Numbers in (0, 1) that are the same for the same seed, so that both sides see the same cases. */
export function random(seed: number): () => number {
  let index = 0
  return () => uniform(seed, 0, 0, index++)
}
