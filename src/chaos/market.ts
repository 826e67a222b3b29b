import { setTimeout as sleep } from 'node:timers/promises'
import type { MarketFilters } from '../domain/market-filters.ts'
import { VenueUnavailable } from '../errors.ts'
import type { MarketFeed } from '../exchange/market-feed.ts'

const againMs = 500
const attempts = 60

/**
 * A symbol's filters and its price now, for whoever plans at it. On a machine with other work the simulator may answer late:
 * it is asked again. Throws when the simulator does not list the symbol.
 */
export async function marketOf(
  feed: MarketFeed,
  symbol: string,
): Promise<{ readonly filters: MarketFilters; readonly price: number }> {
  for (let attempt = 1; ; attempt++) {
    try {
      const [filters, prices] = await Promise.all([feed.filters(symbol), feed.prices()])
      const price = prices.get(symbol)
      if (!filters || price === undefined) throw new Error(`the simulator does not list ${symbol}`)
      return { filters, price }
    } catch (error) {
      if (!(error instanceof VenueUnavailable) || attempt === attempts) throw error
      await sleep(againMs)
    }
  }
}
