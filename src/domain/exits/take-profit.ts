import { roundToTick } from '../tick.ts'
import type { ExitRules } from './exit-rules.ts'
import type { MonitoredState } from './monitored-state.ts'

/** The take profit for the whole remainder on its tick, or null when there is none. */
export function takeProfitPrice(state: MonitoredState, rules: ExitRules): number | null {
  return state.takeProfit === null ? null : roundToTick(state.takeProfit, rules.tick)
}
