import { type Crashpoint, crashpoints } from '../orders/crashpoint.ts'
import { oneOf, type Random, wholeBetween } from './random.ts'

/** How often each crash point has killed a worker. */
export interface Coverage {
  /** A crash point for the next worker, `<name>:<passes>`: one of those that have killed least often. Undefined for some. */
  next(): string | undefined
  /** A worker has died where it was armed to. */
  died(armed: string): void
  table(): readonly { readonly name: Crashpoint; readonly kills: number }[]
}

/** A worker that is not armed at all is part of the picture, too: one in four. */
const unarmedShare = 0.25

/** Counts kills by crash point and draws the next one. */
export function openCoverage(draw: Random): Coverage {
  const kills = new Map<string, number>(crashpoints.map((name) => [name, 0]))
  const drawn = new Map<string, number>(crashpoints.map((name) => [name, 0]))
  return {
    next() {
      if (draw() < unarmedShare) return undefined
      // What has been tried least often comes first: a rare place must not keep the others waiting.
      const least = Math.min(...drawn.values())
      const name = oneOf(
        draw,
        crashpoints.filter((point) => drawn.get(point) === least),
      )
      drawn.set(name, least + 1)
      return `${name}:${wholeBetween(draw, 1, 3)}`
    },
    died(armed) {
      const name = armed.split(':')[0] ?? ''
      kills.set(name, (kills.get(name) ?? 0) + 1)
    },
    table: () => crashpoints.map((name) => ({ name, kills: kills.get(name) ?? 0 })),
  }
}
