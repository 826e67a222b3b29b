import type { DecisionInput } from './decision.ts'
import { pass, refuse, type Verdict } from './verdict.ts'

type Question = Pick<DecisionInput, 'settings' | 'exposures' | 'history' | 'marketNowMs'>

const hourMs = 3_600_000
const dayMs = 24 * hourMs

/** Living positions and reserved entries against max_positions. */
export function positionLimit({ settings, exposures }: Question): Verdict {
  const numbers = { positions: exposures.length, limit: settings.maxPositions }
  if (exposures.length < settings.maxPositions) return pass(numbers)
  return refuse(`${exposures.length} of ${settings.maxPositions} positions are in use`, numbers)
}

/** Entries of this UTC day against daily_trade_limit. */
export function dailyLimit({ settings, history, marketNowMs }: Question): Verdict {
  const midnightMs = Math.floor(marketNowMs / dayMs) * dayMs
  const entries = history.entryTimesMs.filter((at) => at >= midnightMs).length
  const numbers = { entries, limit: settings.dailyTradeLimit }
  if (entries < settings.dailyTradeLimit) return pass(numbers)
  return refuse(`${entries} entries today reach the limit of ${settings.dailyTradeLimit}`, numbers)
}

/** Entries of the last 60 minutes against hourly_trade_limit. */
export function hourlyLimit({ settings, history, marketNowMs }: Question): Verdict {
  const entries = history.entryTimesMs.filter((at) => at > marketNowMs - hourMs).length
  const numbers = { entries, limit: settings.hourlyTradeLimit }
  if (entries < settings.hourlyTradeLimit) return pass(numbers)
  return refuse(`${entries} entries within an hour reach the limit of ${settings.hourlyTradeLimit}`, numbers)
}
