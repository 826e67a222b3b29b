import type { SmartExitLayer } from '../domain/close-reason.ts'
import { Decimal, type DecimalText } from '../domain/decimal.ts'
import { type Bounds, boundsOf } from '../domain/exits/bounds.ts'
import type { ExitRules } from '../domain/exits/exit-rules.ts'
import type { MonitoredState } from '../domain/exits/monitored-state.ts'
import type { BookedFill } from '../domain/pnl.ts'
import { directionOf } from '../domain/side.ts'
import type { BacktestExit, StopMove } from './result.ts'

/** What is known of a position when it opens. */
export interface Opening {
  readonly state: MonitoredState
  readonly rules: ExitRules
  readonly leverage: number
  readonly source: string
  readonly confidence: number
  readonly entryTimeMs: number
  /** As filled, fees taken in the coin not yet off. */
  readonly entry: BookedFill
}

/**
 * A position of the run: what the monitor would hold of it, its fills, and the prices between which no rule can fire. Whoever
 * changes the state says so by `become`, which works the bounds out anew.
 */
export class OpenPosition {
  readonly opening: Opening
  readonly direction: 1 | -1
  readonly isLong: boolean
  readonly fills: BookedFill[]
  readonly exits: BacktestExit[] = []
  readonly stops: StopMove[] = []
  funding = new Decimal(0)
  state: MonitoredState
  bounds: Bounds
  /** What is open, as a double: for curves. */
  size: number
  /** The layer of SmartExit that spoke at the last 5 m close. */
  smartExit: SmartExitLayer | undefined

  constructor(opening: Opening) {
    this.opening = opening
    this.state = opening.state
    this.isLong = opening.state.side === 'long'
    this.direction = directionOf(opening.state.side)
    this.fills = [opening.entry]
    this.size = Number(opening.state.quantity)
    this.bounds = boundsOf(this.state, opening.rules)
    this.noteStop(opening.entryTimeMs)
  }

  get rules(): ExitRules {
    return this.opening.rules
  }

  /** Goes on with another state. */
  become(state: MonitoredState): void {
    if (state === this.state) return
    if (state.quantity !== this.state.quantity) this.size = Number(state.quantity)
    this.state = state
    this.bounds = boundsOf(state, this.opening.rules)
  }

  /** The price of the tighter of stop loss and trailing stop; null without either. */
  get stopPrice(): number | null {
    const price = this.isLong ? this.bounds.low : this.bounds.high
    return Number.isFinite(price) ? price : null
  }

  /** Remembers where the stop stands from now on. */
  noteStop(timeMs: number): void {
    const price = this.stopPrice
    const last = this.stops.at(-1)
    if (last !== undefined && last.price === price) return
    if (last?.time_ms === timeMs) this.stops.pop()
    this.stops.push({ time_ms: timeMs, price })
  }

  /** What has not been sold yet. */
  get quantity(): DecimalText {
    return this.state.quantity
  }
}
