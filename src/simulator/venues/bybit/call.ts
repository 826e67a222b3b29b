import type { Account } from '../../core/account.ts'
import type { Exchange } from '../../core/exchange.ts'
import type { Instrument, Market } from '../../core/instrument.ts'
import { badParameter, forbidden, unknownSymbol } from './failure.ts'
import type { Parameters } from './parameters.ts'

/** One request that has passed the gate. */
export interface Call {
  readonly parameters: Parameters
  readonly exchange: Exchange
  readonly instruments: InstrumentIndex
  /** Whether the venue is kind where its documents are silent, and otherwise takes them at their strictest. */
  readonly isLenient: boolean
}

/** One signed request, with the account whose key signed it. */
export interface SignedCall extends Call {
  readonly account: Account
  readonly receivedAt?: number // wall time the request of an order came in
  readonly upSince: number // wall time the venue came up: what ended before is in the order history alone
}

/** The account's switch for how the venue takes what its documents leave open: strict, or `lenient`. */
export function isLenient(account: Account): boolean {
  return account.settings.get('rules') === 'lenient'
}

/** The venue's instruments by market and wire symbol ('BTCUSDT'). */
export interface InstrumentIndex {
  all(market: Market): readonly Instrument[]
  find(market: Market, wire: string): Instrument | undefined
}

/** An endpoint: who may call it, and its answer, the `result` of the body. */
export type Endpoint =
  | { readonly access: 'public'; readonly answer: (call: Call) => unknown }
  | {
      readonly access: 'signed'
      readonly isOrder?: true // acts on the exchange as it is, whatever view a reader is given
      readonly answer: (call: SignedCall) => unknown
    }

const markets: Readonly<Record<string, Market>> = { spot: 'spot', linear: 'futures' }
const withoutMarket = ['inverse', 'option']

/** The market that the request names by `category`; undefined for those on which nothing trades here. */
export function findMarketOf({ parameters }: Call): Market | undefined {
  const category = parameters.text('category')
  const market = markets[category]
  if (market === undefined && !withoutMarket.includes(category)) throw badParameter('category invalid')
  return market
}

/** The market of a request that is about the account; a key of one market may not ask about the other. */
export function ownMarketOf(call: SignedCall): Market | undefined {
  const market = findMarketOf(call)
  if (market !== undefined && !marketsOf(call.account).includes(market)) throw forbidden()
  return market
}

/** The markets an account trades: both from one wallet, unless it was made for one. */
export function marketsOf({ seed }: Account): readonly Market[] {
  return seed.market === 'unified' ? ['spot', 'futures'] : [seed.market]
}

/** The same where it has to be one on which something trades. */
export function tradedMarketOf(call: SignedCall): Market {
  const market = ownMarketOf(call)
  if (market === undefined) throw badParameter('category invalid')
  return market
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

/** Linear is asked about a symbol or a coin, never about everything. */
export function requireOneOf({ parameters }: Call, names: readonly string[]): void {
  if (names.every((name) => parameters.find(name) === undefined))
    throw badParameter(`${names.join(', ')}: one of them is required`)
}

/** How many rows a page may have. Beyond the most, strict is an error and lenient gives the most. */
export function pageSizeOf(
  { parameters, isLenient }: Call,
  { usual, most }: { readonly usual: number; readonly most: number },
): number {
  const asked = parameters.findInteger('limit') ?? usual
  if (asked >= 1 && asked <= most) return asked
  if (isLenient && asked > most) return most
  throw badParameter(`limit must be from 1 to ${most}`)
}

/** The word of the wire for a market. */
export function categoryOf(market: Market): 'spot' | 'linear' {
  return market === 'spot' ? 'spot' : 'linear'
}
