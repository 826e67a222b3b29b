import type { ExitRules } from './exit-rules.ts'
import type { MonitoredState } from './monitored-state.ts'

/** When the position has been open for long enough, market time; never without a time exit. */
export function timeExitAtMs(state: MonitoredState, rules: ExitRules): number {
  return rules.timeExitMs === null ? Number.POSITIVE_INFINITY : state.openedAtMs + rules.timeExitMs
}
