import { setTimeout as sleep } from 'node:timers/promises'
import { request } from 'undici'
import { z } from 'zod'
import { type Clock, type ClockAnchor, clockFrom, wallClock } from '../clock.ts'
import { directAgent } from './public-agent.ts'
import { loopbackOrigin } from './route.ts'

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
 * @throws when the simulator is said to be on another machine, and with the signal's reason when that aborts first.
 */
export async function followMarketClock(
  simulatorUrl: () => Promise<string | undefined>,
  signal: AbortSignal,
): Promise<FollowedClock> {
  let anchor: ClockAnchor | undefined
  let highestMs = 0
  const findOrigin = async () => {
    const url = await simulatorUrl().catch(() => undefined)
    return url === undefined ? undefined : loopbackOrigin(url)
  }
  while (anchor === undefined) {
    signal.throwIfAborted()
    anchor = await ask(await findOrigin())
    if (anchor === undefined) await sleep(200, undefined, { signal })
  }
  const renew = async () => {
    anchor = (await ask(await findOrigin())) ?? anchor
  }
  const timer = setInterval(() => void renew().catch(() => {}), everyMs)
  const clock = clockFrom(() => anchor ?? { wallMs: 0, marketMs: 0, speed: 1 })
  return {
    wallNow: clock.wallNow,
    marketNow() {
      const isAway = anchor !== undefined && Date.now() - anchor.wallMs > frozenAfterMs
      if (!isAway) highestMs = Math.max(highestMs, Math.floor(clock.marketNow()))
      return highestMs
    },
    stop: () => clearInterval(timer),
  }
}

/** Where the simulator's market stands; undefined when it does not say. */
async function ask(origin: string | undefined): Promise<ClockAnchor | undefined> {
  if (origin === undefined) return undefined
  try {
    const { body } = await request(new URL('/__sim/clock', origin), {
      dispatcher: directAgent,
      signal: AbortSignal.timeout(timeoutMs),
    })
    // Its wall clock may be another machine's: what counts is when the answer came.
    return { ...answer.parse(await body.json()), wallMs: Date.now() }
  } catch {
    return undefined
  }
}

/** The clock of live and synthetic markets: both times are one. */
export const sameClock: FollowedClock = { ...wallClock, stop: () => {} }
