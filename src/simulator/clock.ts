import { type Clock, type ClockAnchor, marketAt } from '../clock.ts'

/** The simulator's clock: its market time may stop for good, where the tape ends. */
export interface MarketClock extends Clock {
  /** Where market time stands now, and how fast it runs: 0 when it does not. */
  anchor(): ClockAnchor
  hasEnded(): boolean
}

/** Market time runs from `marketMs` at `speed` and stops at `endsAt`. */
export function runningClock(
  start: { marketMs: number; speed: number; endsAt: number },
  wallNow: () => number = Date.now,
): MarketClock {
  const anchor: ClockAnchor = { wallMs: wallNow(), marketMs: start.marketMs, speed: start.speed }
  const marketNow = () => Math.min(start.endsAt, Math.floor(marketAt(anchor, wallNow())))
  const hasEnded = () => marketNow() >= start.endsAt
  return {
    wallNow,
    marketNow,
    hasEnded,
    anchor: () => ({ wallMs: wallNow(), marketMs: marketNow(), speed: hasEnded() ? 0 : start.speed }),
  }
}

/** Market time that moves only when it is told to; wall time goes on. */
export interface ManualClock extends MarketClock {
  advance(ms: number): void
}

/** A clock for tests: market time stands at `marketMs` until it is advanced. */
export function manualClock(marketMs: number, wallNow: () => number = Date.now): ManualClock {
  let now = marketMs
  return {
    wallNow,
    marketNow: () => now,
    hasEnded: () => false,
    anchor: () => ({ wallMs: wallNow(), marketMs: now, speed: 0 }),
    advance(ms) {
      now += ms
    },
  }
}
