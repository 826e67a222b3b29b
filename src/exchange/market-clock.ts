import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { type Clock, type ClockAnchor, clockFrom, wallClock } from '../clock.ts'

const everyMs = 1_000
const timeoutMs = 2_000
/** Without an answer for this long the market is taken to stand: a simulator that is down makes no prices either. */
const frozenAfterMs = 3_000

const answer = z.object({ marketMs: z.number(), speed: z.number().min(0) })

/** A clock that follows the simulator's market time, and how to stop following. */
export interface FollowedClock extends Clock {
  stop(): void
}

/**
 * The two clocks of a process that trades on a replay: market time is asked from the simulator every second and runs on
 * between the answers. It never goes back, and it stands while the simulator is away. Resolves with the first answer.
 */
export async function followMarketClock(
  simulatorUrl: () => Promise<string | undefined>,
  signal: AbortSignal,
): Promise<FollowedClock> {
  let anchor: ClockAnchor | undefined
  let highestMs = 0
  const ask = async () => {
    const url = await simulatorUrl()
    if (url === undefined) return
    const response = await fetch(new URL('/__sim/clock', url), { signal: AbortSignal.timeout(timeoutMs) })
    // Its wall clock may be another machine's: what counts is when the answer came.
    anchor = { ...answer.parse(await response.json()), wallMs: Date.now() }
  }
  while (anchor === undefined) {
    signal.throwIfAborted()
    await ask().catch(() => {})
    if (anchor === undefined) await sleep(200, undefined, { signal })
  }
  const timer = setInterval(() => void ask().catch(() => {}), everyMs)
  const clock = clockFrom(() => anchor ?? { wallMs: 0, marketMs: 0, speed: 1 })
  return {
    wallNow: clock.wallNow,
    marketNow() {
      if (anchor && Date.now() - anchor.wallMs > frozenAfterMs) return highestMs
      highestMs = Math.max(highestMs, clock.marketNow())
      return Math.floor(highestMs)
    },
    stop: () => clearInterval(timer),
  }
}

/** The clock of live and synthetic markets: both times are one. */
export const sameClock: FollowedClock = { ...wallClock, stop: () => {} }
