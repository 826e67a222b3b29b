import { Decimal, type DecimalText } from '../../domain/decimal.ts'
import type { Tape } from '../tape/tape.ts'
import type { Booking } from './booking.ts'
import type { Instrument } from './instrument.ts'
import type { Ledger } from './ledger.ts'

const everyMs = 8 * 3_600_000 // at 00:00, 08:00 and 16:00 of market time
const interest = 0.0001
const mostPremium = 0.0009

/** Funding: what longs pay to shorts, or get from them, at the venue's hours. */
export class Funding {
  readonly #ledger: Ledger
  readonly #tape: Tape
  readonly #booking: Booking

  constructor(parts: { ledger: Ledger; tape: Tape; booking: Booking }) {
    this.#ledger = parts.ledger
    this.#tape = parts.tape
    this.#booking = parts.booking
  }

  /** The first time after this one at which funding is due. */
  static nextAfter(marketMs: number): number {
    return (Math.floor(marketMs / everyMs) + 1) * everyMs
  }

  /** The last time up to and including this one at which funding was due. */
  static lastUntil(marketMs: number): number {
    return Math.floor(marketMs / everyMs) * everyMs
  }

  /**
   * What a long pays at a time, as a ratio of its notional: what was paid, else what was set, else 0.01 % and a hundredth
   * of how far the price has come in eight hours, within 0.09 %.
   */
  rateAt({ venue, symbol }: Instrument, marketMs: number): DecimalText {
    const paid = this.#ledger.fundings.findLast(
      (each) => each.venue === venue && each.symbol === symbol && each.marketMs === marketMs,
    )
    if (paid !== undefined) return paid.rate
    const set = this.#ledger.fundingRates.get(`${venue} ${symbol}`) ?? this.#ledger.fundingRates.get('*')
    if (set !== undefined) return set
    const moved = this.#tape.priceAt(symbol, marketMs) / this.#tape.priceAt(symbol, marketMs - everyMs) - 1
    return (interest + Math.max(-mostPremium, Math.min(mostPremium, moved / 100))).toFixed(8)
  }

  /** Sets what funding costs from now on, of 'venue BTC/USDT' or of all others ('*'); null gives it back to the tape. */
  set(of: string, rate: DecimalText | null): void {
    this.#booking.record({ kind: 'funding-rate', of, rate })
    this.#booking.flush()
  }

  /** Books what every holder of an instrument pays or gets at a time, once. */
  pay(instrument: Instrument, marketMs: number): void {
    const { venue, symbol, quote } = instrument
    const holders = this.#ledger.holders(instrument)
    const last = this.#ledger.fundings.findLast((each) => each.venue === venue && each.symbol === symbol)
    if (holders.size === 0 || (last !== undefined && last.marketMs >= marketMs)) return
    const rate = this.rateAt(instrument, marketMs)
    const mark = this.#tape.priceAt(symbol, marketMs)
    this.#booking.record({ kind: 'funding', venue, symbol, marketMs, rate })
    for (const account of holders) {
      for (const { quantity, leg } of account.openPositions(symbol)) {
        const amount = new Decimal(quantity).times(mark).times(rate).neg().toDecimalPlaces(8)
        if (amount.eq(0)) continue
        const about = { symbol, ...(leg && { leg }), marketMs }
        this.#booking.transfer(account, {
          asset: quote,
          amount: amount.toString(),
          reason: 'funding',
          ...about,
        })
      }
    }
  }
}
