import { type Exchange, exchanges, type Market, type Mode, markets } from './market.ts'

/** What a venue is to somebody who wants to connect an account there. */
interface Venue {
  /** The markets that this build trades there, and whether each has a rehearsal at the venue itself. */
  readonly markets: Readonly<Partial<Record<Market, { readonly hasTestnet: boolean }>>>
}

/** The venues that this build trades on; what differs in trading there is on their cards, which a test holds to this. */
const venues: Readonly<Partial<Record<Exchange, Venue>>> = {
  binance: { markets: { spot: { hasTestnet: true }, futures: { hasTestnet: true } } },
  bybit: { markets: { spot: { hasTestnet: true }, futures: { hasTestnet: true } } },
  kraken: { markets: { spot: { hasTestnet: false } } },
}

/** Where an account trades. */
export interface Place {
  readonly exchange: Exchange
  readonly market: Market
  readonly mode?: Mode
}

/** Why an account of this kind cannot be connected; undefined when it can. */
export function unsupported({ exchange, market, mode }: Place): string | undefined {
  const venue = venues[exchange]
  if (!venue) return `this build does not trade on ${exchange} yet`
  const place = venue.markets[market]
  if (!place) return `this build does not trade ${market} on ${exchange} yet`
  if (mode === 'testnet' && !place.hasTestnet)
    return `${exchange} has no testnet for ${market}: connect it as paper, or live`
  return undefined
}

/** Every venue and market that an account can be connected to. */
export function openPlaces(): { exchange: Exchange; market: Market }[] {
  return exchanges.flatMap((exchange) =>
    markets.map((market) => ({ exchange, market })).filter((place) => unsupported(place) === undefined),
  )
}
