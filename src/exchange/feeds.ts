import type { Exchange, Market, Mode } from '../domain/market.ts'
import { type MarketFeed, openFeed } from './market-feed.ts'
import type { MarketSource } from './market-source.ts'
import { loopbackOrigin } from './route.ts'
import { binanceFutures, binanceSpot } from './venues/binance-market.ts'

const sources: Readonly<Record<string, MarketSource>> = {
  'binance spot': binanceSpot,
  'binance futures': binanceFutures,
}

/** Where an account's prices come from. */
export interface FeedPlace {
  readonly exchange: Exchange
  readonly market: Market
  readonly mode: Mode
}

/**
 * The feeds of one process: one per venue and market, opened when first asked for. Paper accounts read the simulator,
 * whose address is asked anew at every request; testnet and live accounts read the venue.
 */
export function openFeeds(parts: {
  readonly simulatorUrl: () => Promise<string | undefined>
  readonly marketNow: () => number
  readonly speed: number
}): (place: FeedPlace) => MarketFeed {
  const feeds = new Map<string, MarketFeed>()
  return ({ exchange, market, mode }) => {
    const isPaper = mode === 'paper'
    const name = `${exchange} ${market}`
    const key = `${name} ${isPaper}`
    const known = feeds.get(key)
    if (known) return known
    const source = sources[name]
    if (!source) throw new Error(`this build has no market data of ${name} yet`)
    const simulator = async () => {
      const url = await parts.simulatorUrl()
      return url === undefined ? undefined : loopbackOrigin(url)
    }
    const feed = openFeed({
      source,
      address: isPaper ? simulator : async () => source.address,
      marketNow: parts.marketNow,
      speed: parts.speed,
    })
    feeds.set(key, feed)
    return feed
  }
}
