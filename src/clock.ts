/**
 * The two clocks of the program, in epoch milliseconds.
 * Wall: signatures, leases, halts, alerts, freshness. Market: candles, signal age, limits, cooldowns, time exit.
 * They differ only in replays, where the market runs at REPLAY_SPEED over recorded time.
 */
export interface Clock {
  wallNow(): number
  marketNow(): number
}

/** Where the market clock stands: at wall time `wallMs` it showed `marketMs`, and it runs `speed` times as fast. */
export interface ClockAnchor {
  readonly wallMs: number
  readonly marketMs: number
  readonly speed: number
}

/** Market time at a wall time, by an anchor. */
export function marketAt(anchor: ClockAnchor, wallMs: number): number {
  return anchor.marketMs + (wallMs - anchor.wallMs) * anchor.speed
}

/** A clock whose market time follows `anchor()`, which is read at every question. */
export function clockFrom(anchor: () => ClockAnchor): Clock {
  return { wallNow: Date.now, marketNow: () => marketAt(anchor(), Date.now()) }
}

/** Market time is wall time: live venues and the synthetic tape. */
export const wallClock: Clock = { wallNow: Date.now, marketNow: Date.now }
