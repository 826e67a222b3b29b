import { Decimal, type DecimalText } from '../decimal.ts'
import { directionOf } from '../side.ts'
import { roundToTick } from '../tick.ts'
import type { ExitRules } from './exit-rules.ts'
import type { MonitoredState } from './monitored-state.ts'
import { isSellable, wholeSteps } from './venue-minimum.ts'

/** A part to take: the levels it covers, and whether the whole remainder goes with it. */
export interface PartialTake {
  readonly levels: readonly number[]
  readonly quantity: DecimalText
  readonly isWhole: boolean
  /** Price of the highest level it covers. */
  readonly triggerPrice: number
}

/** The price of a level (1-based) on its tick; undefined when there is no such level. */
function levelPrice(state: MonitoredState, rules: ExitRules, level: number): number | undefined {
  const partial = rules.partials[level - 1]
  if (partial === undefined) return undefined
  return roundToTick(state.entryPrice * (1 + directionOf(state.side) * partial.profit), rules.tick)
}

/** The price of the first level that is not taken; undefined when all are. */
export function nextLevelPrice(state: MonitoredState, rules: ExitRules): number | undefined {
  for (let level = 1; level <= rules.partials.length; level++)
    if (!state.takenLevels.includes(level)) return levelPrice(state, rules, level)
  return undefined
}

/**
 * The part that is due at a price: each reached level takes its fraction of what the levels before it leave, and levels
 * reached together are one order for their sum, rounded down to the step. A part under the venue's minimum waits, which adds
 * it to the next level's; a remainder under it goes with the part.
 */
export function partialTakeProfit(
  state: MonitoredState,
  price: number,
  rules: ExitRules,
): PartialTake | undefined {
  const levels = reachedLevels(state, price, rules)
  const highest = levels?.at(-1)
  if (levels === undefined || highest === undefined) return undefined
  if (isFarTooSmall(state, { price, levels, rules })) return undefined
  const held = new Decimal(state.quantity)
  let left = held
  for (const level of levels) left = left.minus(left.times(rules.partials[level - 1]?.fraction ?? 0))
  const part = wholeSteps(held.minus(left), rules)
  if (!isSellable(part, price, rules)) return undefined
  const whole = wholeSteps(held, rules)
  const isWhole = !isSellable(whole.minus(part), price, rules)
  return {
    levels,
    quantity: (isWhole ? whole : part).toString(),
    isWhole,
    triggerPrice: levelPrice(state, rules, highest) ?? price,
  }
}

/** Levels whose price is reached and that are not taken; undefined when there are none, which is nearly always. */
function reachedLevels(state: MonitoredState, price: number, rules: ExitRules): number[] | undefined {
  const direction = directionOf(state.side)
  let reached: number[] | undefined
  for (let level = 1; level <= rules.partials.length; level++) {
    const trigger = levelPrice(state, rules, level)
    if (trigger === undefined || (price - trigger) * direction < 0) break
    if (state.takenLevels.includes(level)) continue
    reached ??= []
    reached.push(level)
  }
  return reached
}

/** A waiting part is asked about on every tick: doubles tell a clear case without decimals. */
function isFarTooSmall(
  state: MonitoredState,
  take: { readonly price: number; readonly levels: readonly number[]; readonly rules: ExitRules },
): boolean {
  const held = Number(state.quantity)
  let left = held
  for (const level of take.levels) left -= left * (take.rules.partials[level - 1]?.fraction ?? 0)
  const part = (held - left) * 1.001
  return part < Number(take.rules.minQuantity) || part * take.price < Number(take.rules.minNotional)
}
