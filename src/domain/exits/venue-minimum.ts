import type { Decimal, DecimalText } from '../decimal.ts'
import { stepsWithin } from '../whole-steps.ts'
import type { ExitRules } from './exit-rules.ts'

/** Whether the venue takes a part of this size at this price. */
export function isSellable(quantity: Decimal, price: number, rules: ExitRules): boolean {
  return quantity.gt(0) && quantity.gte(rules.minQuantity) && quantity.times(price).gte(rules.minNotional)
}

/** The quantity in whole steps, rounded down. */
export function wholeSteps(quantity: Decimal | DecimalText, rules: Pick<ExitRules, 'stepSize'>): Decimal {
  return stepsWithin(quantity, rules)
}

/**
 * What a full close can send: everything in whole steps. '0' when the venue would refuse that: then only dust is left. A
 * reduce-only close is taken however small it is.
 */
export function closableQuantity(quantity: DecimalText, price: number, rules: ExitRules): DecimalText {
  const whole = wholeSteps(quantity, rules)
  return rules.reduceOnly || isSellable(whole, price, rules) ? whole.toString() : '0'
}
