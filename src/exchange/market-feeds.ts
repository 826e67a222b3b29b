import type { Exchange, Market, Mode } from '#src/domain/market.ts'
import { VenueUnavailable } from '#src/errors.ts'
import { binanceFeed } from './feeds/binance.ts'
import { type MarketFeed, marketFeed } from './market-feed.ts'
import { loopbackOrigin } from './route.ts'

/** Where an account's prices come from. */
export interface FeedPlace {
  readonly exchange: Exchange
  readonly market: Market
  readonly mode: Mode
}

/** The feeds of one process: one per venue and market, whoever asks. */
export interface MarketFeeds {
  /** Throws VenueUnavailable while the simulator that should serve it is not running. */
  of(place: FeedPlace): Promise<MarketFeed>
  close(): Promise<void>
}

/**
 * Opens feeds when they are first asked for. Paper accounts read the simulator, unless MARKET_DATA is `live`; testnet
 * and live accounts read the venue.
 */
export function openMarketFeeds(parts: {
  readonly simulatorUrl: () => Promise<string | undefined>
  readonly isPaperLive: boolean
}): MarketFeeds {
  const feeds = new Map<string, MarketFeed>()

  async function originOf({ mode }: FeedPlace): Promise<string | undefined> {
    if (mode !== 'paper' || parts.isPaperLive) return undefined
    const url = await parts.simulatorUrl()
    if (url === undefined)
      throw new VenueUnavailable('no simulator is running: paper accounts have no prices', {
        advice: 'start the simulator',
      })
    return loopbackOrigin(url)
  }

  return {
    async of(place) {
      if (place.exchange !== 'binance')
        throw new Error(`this build has no market data of ${place.exchange} yet`)
      const origin = await originOf(place)
      const market = place.market === 'futures' ? 'futures' : 'spot'
      const name = `${market} ${origin ?? 'venue'}`
      const known = feeds.get(name)
      if (known) return known
      const feed = marketFeed(binanceFeed(market, origin))
      feeds.set(name, feed)
      return feed
    },
    async close() {
      await Promise.all([...feeds.values()].map((feed) => feed.close()))
      feeds.clear()
    },
  }
}
