import type { Decimal } from '../../domain/decimal.ts'
import type { Account } from './account.ts'
import type { Side } from './book.ts'
import type { Instrument } from './instrument.ts'

/** An execution about to be booked. */
interface Execution {
  readonly account: Account
  readonly instrument: Instrument
  readonly side: Side
  readonly price: Decimal
  readonly quantity: Decimal
  readonly maker: boolean
  readonly wire: Readonly<Record<string, string>> // the venue's own words about the order
}

/** What a venue charges for an execution, and in which asset. `priceOf` gives the last price of a symbol, if it trades. */
export type FeeOf = (
  execution: Execution,
  priceOf: (symbol: string) => number | undefined,
) => { fee: Decimal; currency: string }
