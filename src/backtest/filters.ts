import type { CandleBlock } from '../candles/candle-block.ts'
import { decimalsOf } from '../candles/decimals.ts'
import type { MarketFilters } from '../domain/market-filters.ts'
import { baseOf } from '../domain/signal.ts'

/** Rows that the filters are read from: enough that some price has every decimal, few enough to be the past at once. */
const rowsRead = 256

/** No venue quotes prices in steps as coarse as this share of them. */
const coarsestTick = 0.0005

/**
 * What a step of quantity is worth in quote at most. Venues have coarser ones, and leave the rest of a fee that was taken in the
 * coin as dust in the wallet; here dust is written off, and a step of one unit of quote would cost as much as the fees.
 */
const coarsestStepWorth = 0.01

/** Most venues take no order under 5 of quote. */
const minNotional = '5'

/** The largest leverage a venue grants on futures, where nothing else is known. */
const maxLeverage = 125

/**
 * What a venue would accept on the symbol, as its candles show it: prices and quantities in steps of the decimals that the
 * first 256 rows are written with, at least 5 of quote an order. Where the rows are coarser than any venue (whole numbers in a
 * file made by hand), the steps are finer: a tick of at most 0.05 % of the price, a step worth at most a hundredth of quote.
 */
export function filtersFrom(symbol: string, block: CandleBlock, market: 'spot' | 'futures'): MarketFilters {
  const length = Math.min(rowsRead, block.length)
  const price = block.open[0] as number
  let priceDecimals = 0
  for (const prices of [block.open, block.high, block.low, block.close])
    priceDecimals = decimalsOf(prices, length, priceDecimals)
  while (10 ** -priceDecimals > price * coarsestTick) priceDecimals++
  let quantityDecimals = Math.min(8, decimalsOf(block.volume, length))
  while (quantityDecimals < 8 && 10 ** -quantityDecimals * price > coarsestStepWorth) quantityDecimals++
  const stepSize = stepOf(quantityDecimals)
  return {
    symbol,
    base: baseOf(symbol),
    quote: symbol.slice(baseOf(symbol).length + 1),
    tickSize: stepOf(priceDecimals),
    stepSize,
    minQuantity: stepSize,
    minNotional,
    ...(market === 'futures' && { maxLeverage }),
  }
}

function stepOf(decimals: number): string {
  return decimals === 0 ? '1' : `0.${'0'.repeat(decimals - 1)}1`
}
