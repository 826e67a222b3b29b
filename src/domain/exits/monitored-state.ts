import type { DecimalText } from '../decimal.ts'
import type { Side } from '../side.ts'

/**
 * The hot part of a watched position. It only grows in one direction: the best price is a maximum (long) or minimum
 * (short), the stop only tightens, the taken levels are a set; the take profit is the latest re-evaluation's.
 */
export interface HotState {
  readonly side: Side
  readonly bestPrice: number
  readonly stopLoss: number | null
  readonly takeProfit: number | null
  /** A person set the target: re-evaluations leave it alone. */
  readonly isTargetOwn?: boolean
  /** Partial take-profit levels (1–3) that have been ordered, ascending. */
  readonly takenLevels: readonly number[]
  /** Open time of the 5 m candle whose close last re-evaluated the stops; 0 for never. */
  readonly reevaluatedAtMs: number
}

/** A watched position: facts from the books and its hot state. */
export interface MonitoredState extends HotState {
  readonly positionId: string
  readonly symbol: string
  /** Average entry price. */
  readonly entryPrice: number
  /** What is open and not reserved by exits under way, in base. */
  readonly quantity: DecimalText
  /** When it opened, market time. */
  readonly openedAtMs: number
}

/** Follows the price only in the position's favour, so a trailing stop never loosens. */
export function observe<S extends HotState>(state: S, price: number): S {
  const isBetter = state.side === 'long' ? price > state.bestPrice : price < state.bestPrice
  return isBetter ? { ...state, bestPrice: price } : state
}

/** Marks partial take-profit levels as ordered; a level is never given back. */
export function takeLevels<S extends HotState>(state: S, levels: readonly number[]): S {
  return { ...state, takenLevels: union(state.takenLevels, levels) }
}

/**
 * What two views of one position know together. Commutative, associative and idempotent, so any worker may evaluate any
 * position at any time and their views cannot disagree once merged.
 */
export function mergeState(a: HotState, b: HotState): HotState {
  const isLong = a.side === 'long'
  const later = isLater(a, b) ? a : b
  return {
    side: a.side,
    bestPrice: isLong ? Math.max(a.bestPrice, b.bestPrice) : Math.min(a.bestPrice, b.bestPrice),
    stopLoss: tighter(a.side, a.stopLoss, b.stopLoss),
    takeProfit: later.takeProfit,
    takenLevels: union(a.takenLevels, b.takenLevels),
    reevaluatedAtMs: later.reevaluatedAtMs,
  }
}

/** The stop nearer to profit; any stop is tighter than none. */
export function tighter(side: Side, a: number | null, b: number | null): number | null {
  if (a === null || b === null) return a ?? b
  return side === 'long' ? Math.max(a, b) : Math.min(a, b)
}

/** By re-evaluation; for the same one the smaller take profit, which is as good a rule as any as long as it is one. */
function isLater(a: HotState, b: HotState): boolean {
  if (a.reevaluatedAtMs !== b.reevaluatedAtMs) return a.reevaluatedAtMs > b.reevaluatedAtMs
  return (a.takeProfit ?? Number.POSITIVE_INFINITY) < (b.takeProfit ?? Number.POSITIVE_INFINITY)
}

function union(a: readonly number[], b: readonly number[]): readonly number[] {
  if (b.every((level) => a.includes(level))) return a
  return [...new Set([...a, ...b])].sort((x, y) => x - y)
}
