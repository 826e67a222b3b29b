import { type Crashpoint, crashpoints } from '../orders/crashpoint.ts'
import { oneOf, type Random, wholeBetween } from './random.ts'

/** How often a crash point has killed a worker, or the test that proves it where a run does not reach it. */
export interface CrashpointKills {
  readonly name: Crashpoint
  readonly kills: number
  readonly provenIn?: string
}

/** How often each crash point has killed a worker. */
export interface Coverage {
  /** Crash points for the next worker, `<name>:<passes>`, separated by commas. Undefined for some. */
  next(): string | undefined
  /** A worker has died at this crash point. */
  died(name: string): void
  /** Those that have killed fewer workers than wanted. */
  lacking(): readonly Crashpoint[]
  table(): readonly CrashpointKills[]
}

/** A worker that is not armed at all is part of the picture, too: one in four. */
const unarmedShare = 0.25
/** While some are wanted still, a worker waits for so many of them at once. */
const wantedAtOnce = 16

/** What follows from what users do at the venue itself; the test makes the situation of every crash point, theirs among them. */
const provenIn: Partial<Record<Crashpoint, string>> = {
  'adopted-not-booked': 'test/chaos/crashpoints.test.ts',
  'mid-departure': 'test/chaos/crashpoints.test.ts',
  'departed-not-told': 'test/chaos/crashpoints.test.ts',
  'mid-manual-adoption': 'test/chaos/crashpoints.test.ts',
}

/** Counts kills by crash point and draws the next ones, until each has killed `least` workers; 0: draws each as often. */
export function openCoverage(draw: Random, least: number): Coverage {
  const reached = crashpoints.filter((name) => provenIn[name] === undefined)
  const kills = new Map<string, number>(crashpoints.map((name) => [name, 0]))
  const drawn = new Map<string, number>(crashpoints.map((name) => [name, 0]))
  const lacking = () => reached.filter((name) => (kills.get(name) ?? 0) < least)
  const armed = (name: Crashpoint, most: number) => {
    drawn.set(name, (drawn.get(name) ?? 0) + 1)
    return `${name}:${wholeBetween(draw, 1, most)}`
  }
  /** One of those that have been tried least often: a rare place must not keep the others waiting. */
  const leastDrawn = (points: readonly Crashpoint[]) => {
    const fewest = Math.min(...points.map((name) => drawn.get(name) ?? 0))
    return oneOf(
      draw,
      points.filter((name) => drawn.get(name) === fewest),
    )
  }
  return {
    next() {
      if (draw() < unarmedShare) return undefined
      const wanted = [...lacking()]
      if (wanted.length === 0) return armed(leastDrawn(reached), 3)
      const chosen: string[] = []
      while (chosen.length < wantedAtOnce && wanted.length > 0) {
        const name = leastDrawn(wanted)
        wanted.splice(wanted.indexOf(name), 1)
        chosen.push(armed(name, 2))
      }
      return chosen.join(',')
    },
    died: (name) => void kills.set(name, (kills.get(name) ?? 0) + 1),
    lacking,
    table: () =>
      crashpoints.map((name) => {
        const elsewhere = provenIn[name]
        return { name, kills: kills.get(name) ?? 0, ...(elsewhere !== undefined && { provenIn: elsewhere }) }
      }),
  }
}
