import { roundToTick } from '../tick.ts'
import type { ExitRules } from './exit-rules.ts'
import type { MonitoredState } from './monitored-state.ts'

/** The stop loss on its tick, or null when there is none. */
export function stopLossPrice(state: MonitoredState, rules: ExitRules): number | null {
  return state.stopLoss === null ? null : roundToTick(state.stopLoss, rules.tick)
}
