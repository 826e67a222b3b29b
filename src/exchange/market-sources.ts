import type { Exchange, Market } from '../domain/market.ts'
import type { MarketSource } from './market-source.ts'
import { binanceFutures, binanceSpot } from './venues/binance-market.ts'
import { bybitLinear, bybitSpot } from './venues/bybit-market.ts'
import { krakenSpot } from './venues/kraken-market.ts'

const sources: Readonly<Record<string, MarketSource>> = {
  'binance spot': binanceSpot,
  'binance futures': binanceFutures,
  'bybit spot': bybitSpot,
  'bybit futures': bybitLinear,
  'kraken spot': krakenSpot,
}

/** How the public data of a venue's market is asked for. Throws an Error of one line where this build cannot. */
export function marketSourceOf(exchange: Exchange, market: Market): MarketSource {
  const source = sources[`${exchange} ${market}`]
  if (!source) throw new Error(`this build has no market data of ${exchange} ${market} yet`)
  return source
}
