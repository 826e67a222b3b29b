import { directionOf } from '../side.ts'
import { roundToTick } from '../tick.ts'
import type { ExitRules } from './exit-rules.ts'
import type { MonitoredState } from './monitored-state.ts'

/** The price from which on the stop trails: the entry and the activation profit; null when trailing is off. */
export function trailingActivationPrice(state: MonitoredState, rules: ExitRules): number | null {
  if (rules.trailing === null) return null
  return roundToTick(state.entryPrice * (1 + directionOf(state.side) * rules.trailing.activation), rules.tick)
}

/** Whether the best price has ever reached the activation: once active, a trailing stop stays. */
export function isTrailing(state: MonitoredState, rules: ExitRules): boolean {
  const activation = trailingActivationPrice(state, rules)
  if (activation === null) return false
  return state.side === 'long' ? state.bestPrice >= activation : state.bestPrice <= activation
}

/** best price × (1 − distance) on its tick (mirrored for shorts); null while it does not trail. */
export function trailingStopPrice(state: MonitoredState, rules: ExitRules): number | null {
  if (rules.trailing === null || !isTrailing(state, rules)) return null
  return roundToTick(state.bestPrice * (1 - directionOf(state.side) * rules.trailing.distance), rules.tick)
}
