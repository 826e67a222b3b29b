import { setTimeout as sleep } from 'node:timers/promises'
import type { Db } from '#db/client.ts'
import { guardedWorkers } from '#db/worker-guard.ts'
import { byMinute, type Point, type Slope, slopeOf } from './slope.ts'

/** The memory of one process over a soak. */
export interface Soaked {
  readonly id: string
  /** Role and queues. */
  readonly name: string
  readonly points: readonly Point[]
  /** Undefined for one that was there for too short a time. */
  readonly slope: Slope | undefined
}

const everyMs = 5_000
const aliveMs = 15_000
/** What a process takes while it warms up says nothing; a sixth of the time, at least. */
const warmUpShare = 1 / 6
const mib = 1024 * 1024

/** Follows the memory that all processes tell of in their heartbeats for so many minutes, or until `signal` aborts. */
export async function soak(db: Db, { minutes, signal, onMinute }: SoakOptions): Promise<readonly Soaked[]> {
  const begunMs = performance.now()
  const seen = new Map<string, { readonly name: string; readonly points: Point[] }>()
  let told = 0
  for (;;) {
    const hours = (performance.now() - begunMs) / 3_600_000
    for (const { id, role, queues, rssBytes, silentMs } of await guardedWorkers(db)) {
      if (rssBytes === null || silentMs > aliveMs) continue
      const one = seen.get(id) ?? { name: [role, ...queues].join(' '), points: [] }
      seen.set(id, one)
      one.points.push({ hours, mb: rssBytes / mib })
    }
    if (hours * 60 >= told + 1) {
      told += 1
      onMinute?.(told)
    }
    if (hours * 60 >= minutes || signal?.aborted) break
    await sleep(everyMs, undefined, { ...(signal && { signal }) }).catch(() => {})
  }
  const warmUpHours = (minutes / 60) * warmUpShare
  return [...seen].map(([id, { name, points }]) => {
    const means = byMinute(points)
    return { id, name, points: means, slope: slopeOf(means, warmUpHours) }
  })
}

interface SoakOptions {
  readonly minutes: number
  readonly signal?: AbortSignal
  onMinute?(minute: number): void
}
