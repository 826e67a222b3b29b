import { evaluateExit } from '../domain/exits/evaluate.ts'
import type { ExitDecision, ExitHints } from '../domain/exits/exit-decision.ts'
import { observe, takeLevels } from '../domain/exits/monitored-state.ts'
import { nextLevelPrice } from '../domain/exits/partial-take-profit.ts'
import { takeProfitPrice } from '../domain/exits/take-profit.ts'
import type { OpenPosition } from './open-position.ts'

/** Carries out an exit at a price; false when nothing is left of the position. */
export type Leave = (position: OpenPosition, exit: ExitDecision, timeMs: number) => boolean

/**
 * Asks the rules at the first price of a candle. Whatever the price jumped over is left at this price: a stop is filled worse
 * than it stands, levels jumped together are one order. False when the position is gone.
 */
export function atOpen(
  position: OpenPosition,
  price: number,
  timeMs: number,
  leave: Leave,
  hints?: ExitHints,
): boolean {
  const { low, high, untilMs } = position.bounds
  if (hints === undefined && price > low && price < high && timeMs < untilMs) return true
  position.become(observe(position.state, price))
  const exit = evaluateExit(position.state, price, timeMs, position.rules, hints)
  return exit === undefined || leave(position, exit, timeMs)
}

/**
 * Walks a candle on the path that is worst for the position, its open having been looked at before: to the price against it,
 * where stops lie; then to the price in its favour, each target at its own price; then back to the price against it, so that a
 * trailing stop that was raised in this very candle counts as hit when the candle's range reaches it. False when the position
 * is gone. The candle's opening time is the time of all that happens in it.
 */
export function walkCandle(
  position: OpenPosition,
  low: number,
  high: number,
  timeMs: number,
  leave: Leave,
): boolean {
  if (low > position.bounds.low && high < position.bounds.high) return true
  const worst = position.isLong ? low : high
  const best = position.isLong ? high : low
  return (
    toStop(position, worst, timeMs, leave) &&
    toTargets(position, best, timeMs, leave) &&
    toStop(position, worst, timeMs, leave)
  )
}

/** Goes against the position as far as `worst`; a stop on the way is filled at its price. */
function toStop(position: OpenPosition, worst: number, timeMs: number, leave: Leave): boolean {
  const stop = position.stopPrice
  if (stop === null || (worst - stop) * position.direction > 0) return true
  const exit = evaluateExit(position.state, stop, timeMs, position.rules)
  return exit === undefined || leave(position, exit, timeMs)
}

/** Goes in favour of the position as far as `best`, stopping at each target on the way. */
function toTargets(position: OpenPosition, best: number, timeMs: number, leave: Leave): boolean {
  let waiting: readonly number[] = []
  for (;;) {
    const target = nextTarget(position, waiting)
    if (target === null || (best - target.price) * position.direction < 0) break
    position.become(observe(position.state, target.price))
    const exit = evaluateExit(position.state, target.price, timeMs, position.rules)
    // A part that the venue would not take waits: the next level adds it to its own.
    if (exit === undefined && target.level === null) break
    if (exit === undefined) waiting = [...waiting, target.level as number]
    else if (!leave(position, exit, timeMs)) return false
  }
  position.become(observe(position.state, best))
  return true
}

interface Target {
  readonly price: number
  /** Which partial level; null for the take profit. */
  readonly level: number | null
}

/** The nearest of the take profit and the first level that is neither taken nor waiting. */
function nextTarget({ state, rules, direction }: OpenPosition, waiting: readonly number[]): Target | null {
  const profit = takeProfitPrice(state, rules)
  const ahead = waiting.length === 0 ? state : takeLevels(state, waiting)
  const levelPrice = nextLevelPrice(ahead, rules)
  if (levelPrice !== undefined && (profit === null || (profit - levelPrice) * direction > 0)) {
    const level = rules.partials.findIndex((_, i) => !ahead.takenLevels.includes(i + 1)) + 1
    return { price: levelPrice, level }
  }
  return profit === null ? null : { price: profit, level: null }
}
