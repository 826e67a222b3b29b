import type { Account } from '../../core/account.ts'
import type { Exchange } from '../../core/exchange.ts'
import type { Instrument, Market } from '../../core/instrument.ts'
import { unknownSymbol } from './failure.ts'
import type { Parameters } from './parameters.ts'

/** One request that has passed the gate. */
export interface Call {
  readonly parameters: Parameters
  readonly exchange: Exchange
  readonly instruments: InstrumentIndex
}

/** One signed request, with the account whose key signed it. */
export interface SignedCall extends Call {
  readonly account: Account
  readonly receivedAt?: number // wall time the request of an order came in
}

/** The venue's instruments by market and wire symbol ('BTCUSDT'). */
export interface InstrumentIndex {
  all(market: Market): readonly Instrument[]
  find(market: Market, wire: string): Instrument | undefined
}

/** An endpoint: who may call it, what it weighs, and its answer. */
export type Endpoint =
  | {
      readonly access: 'public'
      readonly weight: number | ((parameters: Parameters) => number)
      readonly answer: (call: Call) => unknown
    }
  | {
      readonly access: 'signed' | 'keyed' // by a signature, or by the API key alone
      readonly market?: Market // the account must be of this market
      readonly isOrder?: true // counts against the account's order limits
      readonly weight: number | ((parameters: Parameters) => number)
      readonly answer: (call: SignedCall) => unknown
    }

/** The instrument the request names in `symbol`. */
export function instrumentOf({ parameters, instruments }: Call, market: Market): Instrument {
  const instrument = instruments.find(market, parameters.text('symbol'))
  if (instrument === undefined) throw unknownSymbol()
  return instrument
}

/** The instrument the request names, if it names one. */
export function findInstrumentOf(call: Call, market: Market): Instrument | undefined {
  return call.parameters.find('symbol') === undefined ? undefined : instrumentOf(call, market)
}
