import { atrDistances } from '../entries/stops.ts'
import type { Regime } from '../market/regime.ts'
import { directionOf } from '../side.ts'
import { roundToTick } from '../tick.ts'
import type { ExitRules } from './exit-rules.ts'
import { type MonitoredState, tighter } from './monitored-state.ts'

/** What a re-evaluation reads at a 5 m close. */
export interface ReevaluationMarket {
  /** Open time of the 5 m candle that closed. */
  readonly candleOpenTimeMs: number
  /** Its close. */
  readonly price: number
  /** ATR 14 of 1 h in price units; null while there is none. */
  readonly atr: number | null
  readonly regime: Regime
}

/** One change, as position_reevaluations keeps it. */
export interface Reevaluation {
  readonly type: 'stop_loss' | 'take_profit'
  readonly oldStopLoss: number | null
  readonly newStopLoss: number | null
  readonly oldTakeProfit: number | null
  readonly newTakeProfit: number | null
  readonly reason: string
  readonly actionTaken: 'tightened' | 'moved'
}

/**
 * Reads ATR and regime again: the stop may only tighten, the take profit may move inside its clamp unless a person set it. Nothing is switched on
 * that was off, and a stop is never moved through the price, which would be a market order by another name. A candle that
 * was already read changes nothing.
 */
export function reevaluate(
  state: MonitoredState,
  market: ReevaluationMarket,
  rules: Pick<ExitRules, 'tick' | 'dynamicStops'>,
): { readonly state: MonitoredState; readonly changes: readonly Reevaluation[] } {
  if (!rules.dynamicStops || market.atr === null || market.candleOpenTimeMs <= state.reevaluatedAtMs)
    return { state, changes: [] }
  const direction = directionOf(state.side)
  const { entryPrice } = state
  const distances = atrDistances({ entryPrice, atr: market.atr, regime: market.regime })
  const stop = roundToTick(entryPrice * (1 - direction * distances.stop), rules.tick)
  const profit = roundToTick(entryPrice * (1 + direction * distances.profit), rules.tick)
  const isBehindPrice = (market.price - stop) * direction > 0
  const stopLoss =
    state.stopLoss !== null && isBehindPrice ? tighter(state.side, state.stopLoss, stop) : state.stopLoss
  const takeProfit = state.takeProfit === null || state.isTargetOwn ? state.takeProfit : profit
  const next = { ...state, stopLoss, takeProfit, reevaluatedAtMs: market.candleOpenTimeMs }
  return { state: next, changes: changesOf(state, next, market) }
}

function changesOf(old: MonitoredState, next: MonitoredState, market: ReevaluationMarket): Reevaluation[] {
  const reason = `ATR ${market.atr?.toPrecision(6)}, regime ${market.regime}`
  const prices = {
    oldStopLoss: old.stopLoss,
    newStopLoss: next.stopLoss,
    oldTakeProfit: old.takeProfit,
    newTakeProfit: next.takeProfit,
    reason,
  }
  const changes: Reevaluation[] = []
  if (old.stopLoss !== next.stopLoss) changes.push({ type: 'stop_loss', actionTaken: 'tightened', ...prices })
  if (old.takeProfit !== next.takeProfit)
    changes.push({ type: 'take_profit', actionTaken: 'moved', ...prices })
  return changes
}
