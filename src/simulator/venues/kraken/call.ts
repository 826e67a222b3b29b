import type { Account } from '../../core/account.ts'
import type { Exchange } from '../../core/exchange.ts'
import type { Instrument } from '../../core/instrument.ts'
import { unknownPair } from './failure.ts'
import type { PairIndex } from './instruments.ts'
import type { Limits } from './limits.ts'
import type { Parameters } from './parameters.ts'
import type { Permission } from './permissions.ts'
import type { Tokens } from './tokens.ts'

/** One request that has passed the gate. */
export interface Call {
  readonly parameters: Parameters
  readonly exchange: Exchange
  readonly pairs: PairIndex
}

/** One private request, with the account whose key signed it. */
export interface PrivateCall extends Call {
  readonly account: Account
  readonly limits: Limits
  readonly tokens: Tokens
  readonly receivedAt?: number // wall time the request of an order came in, where that was earlier
}

/** An endpoint under /0/private: what the key needs one of, what it adds to the counter of calls, and its answer. */
export interface PrivateEndpoint {
  readonly anyOf?: readonly Permission[]
  readonly cost: number
  readonly isWrite?: true // sees the exchange as it is, never as it was
  readonly answer: (call: PrivateCall) => unknown
}

/** The instrument a request names in `pair`. */
export function instrumentOf({ parameters, pairs }: Call): Instrument {
  const instrument = pairs.find(parameters.text('pair'))
  if (instrument === undefined) throw unknownPair()
  return instrument
}

/** The instruments a request names in `pair`, between commas; all without it. */
export function instrumentsOf({ parameters, pairs }: Call): readonly Instrument[] {
  if (parameters.find('pair') === undefined) return pairs.all
  return parameters.list('pair').map((name) => {
    const instrument = pairs.find(name)
    if (instrument === undefined) throw unknownPair()
    return instrument
  })
}
