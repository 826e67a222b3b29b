import { directionOf } from '../domain/side.ts'
import { roundToTick } from '../domain/tick.ts'
import {
  type ExitMarket,
  firstSweepMs,
  levels,
  longestMs,
  sweepEveryMs,
  type Watched,
} from './exit-market.ts'
import type { Swept } from './exit-ours.ts'

/** What a bare evaluation finds. */
export type BareAction = 'none' | 'stop' | 'trail' | 'target' | 'time' | 'part'

/** A position as the shortest program would hold it: every price worked out beforehand. */
export interface BarePosition {
  readonly symbol: string
  readonly side: 'long' | 'short'
  readonly stop: number
  readonly target: number
  /** Kept from the best price, as a ratio; 0 for no trailing stop. */
  readonly trail: number
  peak: number
  readonly levels: { readonly price: number; taken: boolean }[]
  readonly openedAtMs: number
  isOpen: boolean
}

/** The bare form of a position. */
export function bare({ state, rules }: Omit<Watched, 'symbol'>): BarePosition {
  const direction = directionOf(state.side)
  return {
    symbol: state.symbol,
    side: state.side,
    stop: state.stopLoss ?? 0,
    target: state.takeProfit ?? 0,
    trail: rules.trailing?.distance ?? 0,
    peak: state.bestPrice,
    levels: levels.map(({ profit }, i) => ({
      price: roundToTick(state.entryPrice * (1 + direction * profit), rules.tick),
      taken: state.takenLevels.includes(i + 1),
    })),
    openedAtMs: state.openedAtMs,
    isOpen: true,
  }
}

/** The exit rules in their order, on one object. The peak follows the price; levels reached together are one part. */
export function evaluateBare(position: BarePosition, price: number, nowMs: number): BareAction {
  if (!position.isOpen) return 'none'
  const isLong = position.side === 'long'
  if (isLong ? price <= position.stop : price >= position.stop) return 'stop'
  if (position.trail > 0) {
    if (isLong ? price > position.peak : price < position.peak) position.peak = price
    const stop = Math.round(position.peak * (1 - (isLong ? 1 : -1) * position.trail) * 100) / 100
    if (isLong ? price <= stop : price >= stop) return 'trail'
  }
  if (isLong ? price >= position.target : price <= position.target) return 'target'
  if (nowMs >= position.openedAtMs + longestMs) return 'time'
  let found: BareAction = 'none'
  for (const level of position.levels)
    if (!level.taken && (isLong ? price >= level.price : price <= level.price)) {
      level.taken = true
      found = 'part'
    }
  return found
}

/** Every position at every sweep, one object after the other, its price looked up by the symbol's name. */
export function sweepObjects({ positions, prices, numbers, step }: ExitMarket, sweeps: number): Swept {
  const held = positions.map(bare)
  let actions = 0
  let ms = 0
  for (let sweep = 0; sweep < sweeps; sweep++) {
    step()
    const now = firstSweepMs + sweep * sweepEveryMs
    const beganMs = performance.now()
    for (const position of held) {
      const action = evaluateBare(position, prices[numbers.get(position.symbol) ?? 0] ?? 0, now)
      if (action === 'none') continue
      actions += 1
      if (action !== 'part') position.isOpen = false
    }
    ms += performance.now() - beganMs
  }
  return { actions, evaluationsPerSecond: (held.length * sweeps) / (ms / 1_000) }
}
