import type { DecimalText } from '../decimal.ts'
import type { Side } from '../side.ts'

/**
 * The hot part of a watched position. It only grows in one direction: the best price is a maximum (long) or minimum
 * (short), the stop only tightens, the taken levels are a set; the take profit is the latest re-evaluation's.
 */
export interface HotState {
  readonly bestPrice: number
  readonly stopLoss: number | null
  readonly takeProfit: number | null
  /** Partial take-profit levels (1–3) that have been ordered, ascending. */
  readonly takenLevels: readonly number[]
  /** Open time of the 5 m candle whose close last re-evaluated the stops; 0 for never. */
  readonly reevaluatedAtMs: number
}

/** A watched position: facts from the books and its hot state. */
export interface MonitoredState extends HotState {
  readonly positionId: string
  readonly symbol: string
  readonly side: Side
  /** Average entry price. */
  readonly entryPrice: number
  /** What is open and not reserved by exits under way, in base. */
  readonly quantity: DecimalText
  /** When it opened, market time. */
  readonly openedAtMs: number
}
