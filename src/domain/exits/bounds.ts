import type { ExitRules } from './exit-rules.ts'
import type { MonitoredState } from './monitored-state.ts'
import { nextLevelPrice } from './partial-take-profit.ts'
import { stopLossPrice } from './stop-loss.ts'
import { takeProfitPrice } from './take-profit.ts'
import { timeExitAtMs } from './time-exit.ts'
import { isTrailing, trailingActivationPrice, trailingStopPrice } from './trailing-stop.ts'

/**
 * While low < price < high and now < untilMs, no rule fires and the state does not change in a way that a rule could see. At
 * the bounds and beyond the rules have to be asked, and the bounds computed anew.
 */
export interface Bounds {
  readonly low: number
  readonly high: number
  readonly untilMs: number
}

/** The bounds of a watched position. Liquidation and SmartExit do not hang on the last price; they are asked elsewhere. */
export function boundsOf(state: MonitoredState, rules: ExitRules): Bounds {
  const untilMs = timeExitAtMs(state, rules)
  const against = [stopLossPrice(state, rules), trailingStopPrice(state, rules)]
  const inFavour = [
    takeProfitPrice(state, rules),
    nextLevelPrice(state, rules) ?? null,
    nextBest(state, rules),
  ]
  return state.side === 'long'
    ? { low: highest(against), high: lowest(inFavour), untilMs }
    : { low: highest(inFavour), high: lowest(against), untilMs }
}

/** The first price at which the best price matters: the activation, then anything better than the best so far. */
function nextBest(state: MonitoredState, rules: ExitRules): number | null {
  if (!isTrailing(state, rules)) return trailingActivationPrice(state, rules)
  return state.bestPrice * (state.side === 'long' ? 1 + Number.EPSILON : 1 - Number.EPSILON)
}

function highest(prices: readonly (number | null)[]): number {
  let result = Number.NEGATIVE_INFINITY
  for (const price of prices) if (price !== null && price > result) result = price
  return result
}

function lowest(prices: readonly (number | null)[]): number {
  let result = Number.POSITIVE_INFINITY
  for (const price of prices) if (price !== null && price < result) result = price
  return result
}
