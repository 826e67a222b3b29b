import { isClosed } from '../domain/candle.ts'
import { correlationHours, correlationOf } from '../domain/entries/correlation.ts'
import { type MarketNumbers, readMarketNumbers } from '../domain/market/market-numbers.ts'
import { type MarketSafety, readSafety } from '../domain/market/safety.ts'
import type { MarketFeed } from '../exchange/market-feed.ts'

/** 30 days of hours, which the regime's percentile reads, and the ATR's first period before them. */
const hoursRead = 735

/** What decisions know of a symbol now. Throws when its candles cannot be had. */
export async function numbersOf(
  feed: MarketFeed,
  symbol: string,
  price: number,
  marketNowMs: number,
): Promise<MarketNumbers> {
  const hours = await feed.candles(symbol, '1h', hoursRead)
  const last = hours.at(-1)
  const isForming = last !== undefined && !isClosed(last, '1h', marketNowMs)
  const context = {
    symbol,
    nowMs: marketNowMs,
    candles: { '1h': hours },
    forming: isForming ? (['1h'] as const) : [],
  }
  return readMarketNumbers(context, price)
}

/** The market-safety reading of `symbol` (BTC), the forming hour left out; undefined where BTC is not listed or its history is short. */
export async function safetyOf(
  feed: MarketFeed,
  symbol: string,
  marketNowMs: number,
): Promise<MarketSafety | undefined> {
  if ((await feed.filters(symbol)) === undefined) return undefined
  const hours = await feed.candles(symbol, '1h', 61)
  return readSafety(hours.filter((hour) => isClosed(hour, '1h', marketNowMs)))
}

/** Correlation of a symbol's hourly returns with each of the others; one without enough history is left out. */
export async function correlationsOf(
  feed: MarketFeed,
  symbol: string,
  others: readonly string[],
  marketNowMs: number,
): Promise<Record<string, number>> {
  const closesOf = async (one: string) => {
    const hours = await feed.candles(one, '1h', correlationHours + 2)
    return hours.filter((hour) => isClosed(hour, '1h', marketNowMs)).map((hour) => hour.close)
  }
  const own = others.length > 0 ? await closesOf(symbol) : []
  const correlations: Record<string, number> = {}
  for (const other of new Set(others)) {
    const correlation = other === symbol ? 1 : correlationOf(own, await closesOf(other))
    if (correlation !== undefined) correlations[other] = correlation
  }
  return correlations
}
