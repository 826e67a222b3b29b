import type { CloseReason } from '../close-reason.ts'
import { Decimal } from '../decimal.ts'
import { levelSlot } from '../order.ts'
import type { ExitDecision, ExitHints } from './exit-decision.ts'
import type { ExitRules } from './exit-rules.ts'
import type { MonitoredState } from './monitored-state.ts'
import { partialTakeProfit } from './partial-take-profit.ts'
import { stopLossPrice } from './stop-loss.ts'
import { takeProfitPrice } from './take-profit.ts'
import { timeExitAtMs } from './time-exit.ts'
import { trailingStopPrice } from './trailing-stop.ts'
import { closableQuantity, isSellable, wholeSteps } from './venue-minimum.ts'

/**
 * The exit that is due at a price (last trade; on its tick) and a market time, or undefined. The first full close wins:
 * liquidation, stop loss, trailing stop, take profit, time exit, SmartExit; then what only reduces: halving before a
 * liquidation, partial take profit. The caller lets the state `observe` the price.
 */
export function evaluateExit(
  state: MonitoredState,
  price: number,
  nowMs: number,
  rules: ExitRules,
  hints?: ExitHints,
): ExitDecision | undefined {
  const isLong = state.side === 'long'
  if (hints?.liquidation === 'close')
    return fullClose(state, { reason: 'liquidation', price, triggerPrice: null }, rules)

  const stop = stopLossPrice(state, rules)
  if (stop !== null && (isLong ? price <= stop : price >= stop))
    return fullClose(state, { reason: 'stop_loss', price, triggerPrice: stop }, rules)

  const trailing = trailingStopPrice(state, rules)
  if (trailing !== null && (isLong ? price <= trailing : price >= trailing))
    return fullClose(state, { reason: 'trailing_stop', price, triggerPrice: trailing }, rules)

  const profit = takeProfitPrice(state, rules)
  if (profit !== null && (isLong ? price >= profit : price <= profit))
    return fullClose(state, { reason: 'take_profit', price, triggerPrice: profit }, rules)

  if (nowMs >= timeExitAtMs(state, rules))
    return fullClose(state, { reason: 'time_exit', price, triggerPrice: null }, rules)

  if (hints?.smartExit !== undefined)
    return fullClose(state, { reason: `smart_exit:${hints.smartExit}`, price, triggerPrice: null }, rules)

  if (hints?.liquidation === 'halve') return halving(state, price, rules)
  return partial(state, price, rules)
}

interface Trigger {
  readonly reason: CloseReason
  readonly price: number
  readonly triggerPrice: number | null
}

function fullClose(state: MonitoredState, trigger: Trigger, rules: ExitRules): ExitDecision | undefined {
  // Everything is already on its way out.
  if (Number(state.quantity) === 0) return undefined
  const quantity = closableQuantity(state.quantity, trigger.price, rules)
  const action = quantity === '0' ? 'write_off' : 'close'
  return { action, slots: ['close'], levels: [], quantity, ...trigger }
}

/** Half of the position in whole steps; all of it when the venue would not take the half. */
function halving(state: MonitoredState, price: number, rules: ExitRules): ExitDecision | undefined {
  const half = wholeSteps(new Decimal(state.quantity).div(2), rules)
  const trigger = { reason: 'liquidation', price, triggerPrice: null } as const
  if (!isSellable(half, price, rules)) return fullClose(state, trigger, rules)
  return { action: 'reduce', slots: [], levels: [], quantity: half.toString(), ...trigger }
}

function partial(state: MonitoredState, price: number, rules: ExitRules): ExitDecision | undefined {
  const take = partialTakeProfit(state, price, rules)
  const highest = take?.levels.at(-1)
  if (take === undefined || highest === undefined) return undefined
  return {
    action: take.isWhole ? 'close' : 'reduce',
    reason: `partial_tp_${highest}` as CloseReason,
    slots: take.levels.map(levelSlot),
    levels: take.levels,
    quantity: take.quantity,
    price,
    triggerPrice: take.triggerPrice,
  }
}
