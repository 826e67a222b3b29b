import type { Candle, Timeframe } from '../domain/candle.ts'
import type { Exchange, Market, Mode } from '../domain/market.ts'
import { type MarketFeed, openFeed } from './market-feed.ts'
import { marketSourceOf } from './market-sources.ts'
import { loopbackOrigin } from './route.ts'
import { cardsOrThrow } from './venue-cards.ts'
import type { VenuePauses } from './venue-pauses.ts'

/** Where an account's prices come from. */
export interface FeedPlace {
  readonly exchange: Exchange
  readonly market: Market
  readonly mode: Mode
}

/** Candles that a feed has just read, oldest first, the forming one last. */
export interface SeenCandles extends FeedPlace {
  readonly symbol: string
  readonly timeframe: Timeframe
  readonly candles: readonly Candle[]
  readonly marketNowMs: number
}

/**
 * The feeds of one process: one per venue and market, opened when first asked for. Paper accounts read the simulator,
 * whose address is asked anew at every request; testnet and live accounts read the venue.
 */
export function openFeeds(parts: {
  readonly simulatorUrl: () => Promise<string | undefined>
  readonly marketNow: () => number
  readonly speed: number
  /** While a venue takes no requests, nobody asks it for prices either; without them a process keeps no pauses. */
  readonly pauses?: Pick<VenuePauses, 'gateOf'>
  /** Is shown the candles that were read, and must not wait. */
  readonly onCandles?: (seen: SeenCandles) => void
}): (place: FeedPlace) => MarketFeed {
  const feeds = new Map<string, MarketFeed>()
  return ({ exchange, market, mode }) => {
    const isPaper = mode === 'paper'
    const key = `${exchange} ${market} ${isPaper}`
    const known = feeds.get(key)
    if (known) return known
    const source = marketSourceOf(exchange, market)
    const simulator = async () => {
      const url = await parts.simulatorUrl()
      return url === undefined ? undefined : loopbackOrigin(url)
    }
    const feed = openFeed({
      source,
      address: isPaper ? simulator : async () => source.address,
      marketNow: parts.marketNow,
      speed: parts.speed,
      onCandles: (symbol, timeframe, candles) =>
        parts.onCandles?.({
          exchange,
          market,
          mode,
          symbol,
          timeframe,
          candles,
          marketNowMs: parts.marketNow(),
        }),
      meaningOf: cardsOrThrow({ exchange, market }).card.meaningOf,
      ...(parts.pauses && {
        gate: parts.pauses.gateOf(`${exchange} ${market} ${isPaper ? 'paper' : 'live'}`),
      }),
    })
    feeds.set(key, feed)
    return feed
  }
}
