import type { Exchange } from '../core/exchange.ts'
import type { FeeOf } from '../core/fee.ts'
import type { Instrument } from '../core/instrument.ts'
import type { Tape } from '../tape/tape.ts'

/** A request as it came in, undecoded. */
export interface WireRequest {
  readonly method: string
  readonly path: string
  readonly query: string // without '?'
  readonly body: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly ip: string
}

export interface WireAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** One venue of the simulator: its markets, its fees, and its wire protocol. */
export interface Venue {
  readonly name: string
  instruments(tape: Tape): readonly Instrument[]
  readonly feeOf: FeeOf
  /** Whether a path belongs to this venue's API. */
  owns(path: string): boolean
  /** Starts answering for an exchange. `enforceLimits` off lets any number of requests through. */
  open(
    exchange: Exchange,
    instruments: readonly Instrument[],
    options: { enforceLimits: boolean },
  ): (request: WireRequest) => WireAnswer
}
