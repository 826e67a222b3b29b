import { Decimal } from '../../domain/decimal.ts'
import type { MarketClock } from '../clock.ts'
import type { Account, MarginMode } from './account.ts'
import type { AttachedStop } from './attached.ts'
import type { Booking } from './booking.ts'
import { protection } from './born.ts'
import type { Funding } from './funding.ts'
import type { Instrument } from './instrument.ts'
import type { Liquidation } from './liquidation.ts'
import { type MarkOf, marginState, positionState } from './margin.ts'
import type { Trigger } from './order.ts'
import type { Leg, Position } from './position.ts'
import type { Refusal } from './refusal.ts'
import { isReached } from './resting.ts'

export interface HoldingsParts {
  readonly booking: Booking
  readonly clock: MarketClock
  readonly funding: Funding
  readonly liquidation: Liquidation
  readonly marks: (account: Account) => MarkOf
  readonly catchUp: (instrument: Instrument) => void
}

/** A stop and a target for a position: null takes one off, undefined leaves it as it is. */
export interface Stops {
  readonly stopLoss?: AttachedStop | null | undefined
  readonly takeProfit?: AttachedStop | null | undefined
}

/** What is done to futures positions other than by orders. */
export class Holdings {
  readonly #parts: HoldingsParts

  constructor(parts: HoldingsParts) {
    this.#parts = parts
  }

  /** Has positions of a symbol, or with '*' of every other, answer for each other or each for itself. Moves no margin. */
  setMarginMode(account: Account, symbol: string, mode: MarginMode): void {
    const { booking } = this.#parts
    booking.record({ kind: 'margin-mode', apiKey: account.seed.apiKey, symbol, mode })
    booking.flush()
  }

  /** Sets more aside for an isolated position, or less with a negative amount. False when either side has not enough, or it is not isolated. */
  moveMargin(account: Account, { symbol, leg }: Position, amount: Decimal): boolean {
    const { booking, marks } = this.#parts
    const state = positionState(account, symbol, marks(account), leg)
    if (!state.isIsolated) return false
    const { instrument, position, unrealized, initial } = state
    const { available } = marginState(account, instrument.quote, marks(account))
    if (amount.gt(0) && available.lt(amount)) return false
    const left = position.margin.plus(amount).plus(Decimal.min(0, unrealized))
    if (amount.lt(0) && left.lt(initial)) return false
    const about = { symbol, ...(leg && { leg }), amount: amount.toString() }
    booking.record({ kind: 'position-margin', apiKey: account.seed.apiKey, ...about })
    booking.flush()
    return true
  }

  /**
   * Puts a stop and a target on a position, each in the place of the one it has. Refused as a whole when nothing is held
   * ('reduce-only') and when the price is there already ('would-trigger').
   */
  protect(account: Account, instrument: Instrument, stops: Stops, leg?: Leg): Refusal | undefined {
    const { booking, clock, marks, catchUp } = this.#parts
    catchUp(instrument)
    const held = account.held(instrument.symbol, leg)
    if (held.eq(0)) return 'reduce-only'
    const last = marks(account)(instrument.symbol).mark.toNumber()
    const given = [['stop-loss', stops.stopLoss] as const, ['take-profit', stops.takeProfit] as const]
    for (const [protects, stop] of given) {
      if (stop && isReached(protection(protects, held, stop, 0).trigger as Trigger, last))
        return 'would-trigger'
    }
    const about = { ...(leg && { leg }), sinceMs: clock.marketNow() }
    for (const [protects, stop] of given) {
      if (stop !== undefined) booking.protect(account, instrument, { protects, ...about }, stop ?? undefined)
    }
    booking.flush()
    return undefined
  }

  /** Has holders of an instrument pay and get funding now, besides the venue's hours. */
  payFunding(instrument: Instrument): void {
    const { booking, clock, funding, catchUp } = this.#parts
    catchUp(instrument)
    funding.pay(instrument, clock.marketNow())
    booking.flush()
  }

  /** Takes a symbol's positions of an account away at once, as if their margin were gone. */
  liquidate(account: Account, instrument: Instrument): void {
    const { booking, clock, liquidation, catchUp } = this.#parts
    catchUp(instrument)
    liquidation.force(account, instrument, clock.marketNow())
    booking.flush()
  }
}
