import type { CloseReason, SmartExitLayer } from '../close-reason.ts'
import type { DecimalText } from '../decimal.ts'
import type { OrderSlot } from '../order.ts'

/**
 * An exit that is due. `close` sells the whole remainder, `reduce` a part of it, `write_off` closes the books on a spot
 * remainder that the venue would refuse.
 */
export interface ExitDecision {
  readonly action: 'close' | 'reduce' | 'write_off'
  readonly reason: CloseReason
  /** Slots the order holds; several for a jump over several levels, none for a halving (its planner numbers `reduce:<n>`). */
  readonly slots: readonly OrderSlot[]
  /** Partial take-profit levels this exit takes. */
  readonly levels: readonly number[]
  /** What to send, rounded down to the step; '0' for a write-off. */
  readonly quantity: DecimalText
  /** The price that was evaluated. */
  readonly price: number
  /** The price of the rule that fired; null for time, liquidation and SmartExit. */
  readonly triggerPrice: number | null
}

/** What other evaluations found for the position, fed into the one order of exits. */
export interface ExitHints {
  readonly liquidation?: 'close' | 'halve'
  readonly smartExit?: SmartExitLayer
}
