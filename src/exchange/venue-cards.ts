import type { Exchange, Market } from '../domain/market.ts'
import type { MarketCard, VenueCard } from './venue-card.ts'
import { binance } from './venues/binance.ts'

const cards: Readonly<Partial<Record<Exchange, VenueCard>>> = { binance }

/** Where an account trades. */
interface Place {
  readonly exchange: Exchange
  readonly market: Market
}

/** The card of an account's market; undefined where this build does not trade. */
export function cardOf({ exchange, market }: Place): MarketCard | undefined {
  return cards[exchange]?.markets[market]
}

/** The cards of a venue and its market. Throws an Error of one line where this build does not trade. */
export function cardsOrThrow(place: Place): { card: VenueCard; market: MarketCard } {
  const card = cards[place.exchange]
  const market = cardOf(place)
  if (!card || !market) throw new Error(unsupported(place))
  return { card, market }
}

/** Why an account of this kind cannot be connected; undefined when it can. */
export function unsupported({ exchange, market }: Place): string | undefined {
  const card = cards[exchange]
  if (!card) return `this build does not trade on ${exchange} yet`
  if (!card.markets[market]) return `this build does not trade ${market} on ${exchange} yet`
  return undefined
}
