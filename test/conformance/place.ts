import type { Exchange } from '#src/domain/market.ts'

/** How the simulated venue takes what its documents leave open. */
export const rules = ['strict', 'lenient'] as const
export type Rules = (typeof rules)[number]

/** A fact of the venue, with how it is known: verified at the wire, or from the venue's own documents. */
export type Fact = `[V] ${string}` | `[D] ${string}`

/** What some places lack; a behaviour that needs it asks there for the refusal instead. */
export type Feature = 'attached-stop' | 'stops' | 'reduce-only' | 'positions' | 'leverage' | 'movements'

/** A market of a venue that the suite is played on. */
export interface Place {
  readonly exchange: Exchange
  readonly market: 'spot' | 'futures'
  readonly lacks: Readonly<Partial<Record<Feature, Fact>>>
  /** Whether an id is taken again once its order has ended, under each reading of the rules. */
  readonly reusesIds: Readonly<Record<Rules, boolean>> & { readonly fact: Fact }
  /** An order that the venue thinks too small though its digits are right. */
  readonly tooSmall: { readonly base: string; readonly quantity: string }
}

const ofSpot = {
  positions: '[D] a spot account owns coins and holds no positions',
  leverage: '[D] cash spot has no leverage',
  'reduce-only': '[V] trap 13: reduce-only on spot is refused by the venue or dropped without a word',
  stops: '[V] trap 13: a stop that waits for a spot position cannot be reduce-only',
  'attached-stop': '[V] trap 12: an attached stop is sent as junk, and protects nothing',
} as const satisfies Place['lacks']

/** Every market of every venue that is built; one more is one entry more. */
export const places: readonly Place[] = [
  {
    exchange: 'binance',
    market: 'spot',
    lacks: {
      ...ofSpot,
      movements: '[D] a.1: spot has no income list; deposits are told by the wallet API',
    },
    reusesIds: { strict: true, lenient: true, fact: '[D] trap 1: an id is unique among open orders only' },
    tooSmall: { base: 'BTC', quantity: '0.00002' },
  },
  {
    exchange: 'binance',
    market: 'futures',
    lacks: { 'attached-stop': '[V] trap 12: an attached stop is sent as junk, and protects nothing' },
    reusesIds: { strict: true, lenient: true, fact: '[D] trap 1: an id is unique among open orders only' },
    tooSmall: { base: 'BTC', quantity: '0.001' },
  },
  {
    exchange: 'bybit',
    market: 'spot',
    lacks: { ...ofSpot, 'attached-stop': '[D] a.4: spot attaches stops to limit orders alone' },
    reusesIds: { strict: false, lenient: true, fact: '[D] a.4: orderLinkId is documented as always unique' },
    tooSmall: { base: 'BTC', quantity: '0.00002' },
  },
  {
    exchange: 'bybit',
    market: 'futures',
    lacks: {},
    reusesIds: { strict: false, lenient: true, fact: '[D] a.4: orderLinkId is documented as always unique' },
    tooSmall: { base: 'BTC', quantity: '0.00002' },
  },
  {
    exchange: 'kraken',
    market: 'spot',
    lacks: ofSpot,
    reusesIds: { strict: false, lenient: true, fact: '[D] a.2: cl_ord_id is unique across open orders only' },
    tooSmall: { base: 'BTC', quantity: '0.00002' },
  },
]

/** 'binance spot' */
export function nameOf({ exchange, market }: Place): string {
  return `${exchange} ${market}`
}
