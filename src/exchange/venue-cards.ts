import type { Exchange } from '../domain/market.ts'
import { type Place, unsupported } from '../domain/venues.ts'
import type { MarketCard, VenueCard } from './venue-card.ts'
import { binance } from './venues/binance.ts'
import { bybit } from './venues/bybit.ts'
import { kraken } from './venues/kraken.ts'

const cards: Readonly<Partial<Record<Exchange, VenueCard>>> = { binance, bybit, kraken }

/** The card of an account's market; undefined where this build does not trade. */
export function cardOf({ exchange, market }: Place): MarketCard | undefined {
  return cards[exchange]?.markets[market]
}

/** The cards of a venue and its market. Throws an Error of one line where this build does not trade. */
export function cardsOrThrow(place: Place): { card: VenueCard; market: MarketCard } {
  const card = cards[place.exchange]
  const market = cardOf(place)
  const obstacle = unsupported(place)
  if (!card || !market || obstacle !== undefined) throw new Error(obstacle)
  return { card, market }
}

/** Where a venue limits accounts alone, its address is asked no more often than this. */
const politeOrdersPerSecond = 50

/** Orders a second that a venue takes from one address, on the market that takes most. */
export function orderRateOf(exchange: string): number {
  const markets = Object.values(cards[exchange as Exchange]?.markets ?? {})
  const rates = markets.flatMap(({ limits }) => {
    const ofAddress = limits.flatMap(({ whose, costs, perSecond }) =>
      // Half of a window's limit is its burst: what flows back is the other half.
      whose === 'ip' && costs.place !== undefined ? [(2 * perSecond) / costs.place] : [],
    )
    return ofAddress.length === 0 ? [] : [Math.min(...ofAddress)]
  })
  return rates.length === 0 ? politeOrdersPerSecond : Math.max(...rates)
}
