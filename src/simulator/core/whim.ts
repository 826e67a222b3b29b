import { Decimal } from '../../domain/decimal.ts'
import type { Instrument } from './instrument.ts'
import type { Order } from './order.ts'

/** How the venue misbehaves in one call. */
export interface Whim {
  readonly portion?: Portion // of the orders it takes
  readonly neverFires?: boolean // the conditional orders it takes stay asleep when their price is reached
  readonly emptyBook?: boolean // nobody offers anything to the orders of the call
  readonly losesCancels?: boolean // it confirms a cancellation and does nothing
}

/** Only this share of an order finds a counterpart; the rest ends, stays unfilled, or is filled at a later price. */
export interface Portion {
  readonly share: number // 0…1
  readonly rest: 'expires' | 'stays' | 'later'
}

/** How much of an order may be filled now: all that remains, unless the venue gives it a portion only. */
export function allowanceOf(order: Order, { step }: Instrument): Decimal {
  const { portion } = order.record
  if (portion === undefined || (portion.rest === 'later' && order.filled.gt(0))) return order.remaining
  if (portion.share === 0) return new Decimal(0)
  const steps = order.quantity.times(portion.share).div(step).floor()
  return Decimal.max(0, Decimal.max(1, steps).times(step).minus(order.filled))
}
