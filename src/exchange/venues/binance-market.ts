import { z } from 'zod'
import type { Candle } from '../../domain/candle.ts'
import { Decimal, type DecimalText } from '../../domain/decimal.ts'
import type { MarketFilters } from '../../domain/market-filters.ts'
import { amountText, type ListedSymbol, type MarketSource, positiveText } from '../market-source.ts'

const listedSymbol = z.looseObject({
  symbol: z.string(),
  status: z.string(),
  baseAsset: z.string(),
  quoteAsset: z.string(),
  contractType: z.string().optional(),
  marginAsset: z.string().optional(),
  filters: z.array(z.looseObject({ filterType: z.string() })),
})
// No symbol at all is a defect of the answer: believed, it would call every symbol unlisted.
const listing = z.looseObject({ symbols: z.array(listedSymbol).min(1) })
const price = z.array(z.looseObject({ symbol: z.string(), price: amountText })).min(1)
const book = z.array(z.looseObject({ symbol: z.string(), bidPrice: amountText, askPrice: amountText })).min(1)
const day = z.array(z.looseObject({ symbol: z.string(), quoteVolume: amountText })).min(1)
const kline = z
  .tuple([z.number(), positiveText, positiveText, positiveText, positiveText, amountText])
  .rest(z.unknown())

type SymbolRow = z.infer<typeof listedSymbol>

/** Public data of Binance spot. */
export const binanceSpot: MarketSource = sourceAt({
  address: 'https://api.binance.com',
  prefix: '/api/v3',
  takerFee: 0.001,
  largestCandleRequest: 1_000,
  pastCandlesEveryMs: 100, // weight 2 of 6,000 a minute
  nameOf: ({ baseAsset, quoteAsset }) => `${baseAsset}/${quoteAsset}`,
})

/** Public data of Binance USD-M perpetual futures. */
export const binanceFutures: MarketSource = sourceAt({
  address: 'https://fapi.binance.com',
  prefix: '/fapi/v1',
  takerFee: 0.0005,
  largestCandleRequest: 1_500,
  pastCandlesEveryMs: 250, // weight 5 of 2,400 a minute, up to 1,000 candles
  maxLeverage: 125,
  nameOf: ({ baseAsset, quoteAsset, marginAsset, contractType }) =>
    contractType === 'PERPETUAL' ? `${baseAsset}/${quoteAsset}:${marginAsset ?? quoteAsset}` : undefined,
})

interface Place {
  readonly address: string
  readonly prefix: string
  readonly takerFee: number
  readonly largestCandleRequest: number
  readonly pastCandlesEveryMs: number
  readonly maxLeverage?: number
  /** Our name of a symbol; undefined for what is not traded here. */
  nameOf(symbol: SymbolRow): string | undefined
}

function sourceAt({ prefix, nameOf, maxLeverage, ...place }: Place): MarketSource {
  return {
    ...place,
    listing: {
      path: `${prefix}/exchangeInfo`,
      read: (answer) =>
        listing.parse(answer).symbols.flatMap((row): ListedSymbol[] => {
          const name = nameOf(row)
          if (name === undefined || row.status !== 'TRADING') return []
          return [{ venueSymbol: row.symbol, filters: filtersOf(name, row, maxLeverage) }]
        }),
    },
    prices: {
      path: `${prefix}/ticker/price`,
      // A symbol that has never traded has price 0: it has no price.
      read: (answer) =>
        price.parse(answer).flatMap((row) => (row.price > 0 ? [[row.symbol, row.price]] : [])),
    },
    books: {
      path: `${prefix}/ticker/bookTicker`,
      read: (answer) =>
        book.parse(answer).map((row) => [row.symbol, { bid: row.bidPrice, ask: row.askPrice }]),
    },
    volumes: {
      path: `${prefix}/ticker/24hr`,
      read: (answer) => day.parse(answer).map((row) => [row.symbol, row.quoteVolume]),
    },
    candles({ venueSymbol, timeframe, limit, fromMs }) {
      const since = fromMs === undefined ? '' : `&startTime=${fromMs}`
      return {
        path: `${prefix}/klines?symbol=${venueSymbol}&interval=${timeframe}&limit=${limit}${since}`,
        read: (answer) => z.array(kline).parse(answer).map(candleOf),
      }
    },
  }
}

function candleOf([openTimeMs, open, high, low, close, volume]: z.infer<typeof kline>): Candle {
  return { openTimeMs, open, high, low, close, volume }
}

function filtersOf(symbol: string, row: SymbolRow, maxLeverage: number | undefined): MarketFilters {
  const value = (type: string, field: string): DecimalText | undefined => {
    const found = row.filters.find((one) => one.filterType === type)?.[field]
    return typeof found === 'string' && Number(found) > 0 ? new Decimal(found).toString() : undefined
  }
  const need = (type: string, field: string): DecimalText => {
    const found = value(type, field)
    if (found === undefined) throw new Error(`${symbol} is listed without ${type}.${field}`)
    return found
  }
  const maxQuantity = value('MARKET_LOT_SIZE', 'maxQty') ?? value('LOT_SIZE', 'maxQty')
  return {
    symbol,
    base: row.baseAsset,
    quote: row.quoteAsset,
    tickSize: need('PRICE_FILTER', 'tickSize'),
    stepSize: coarser(need('LOT_SIZE', 'stepSize'), value('MARKET_LOT_SIZE', 'stepSize')),
    minQuantity: coarser(need('LOT_SIZE', 'minQty'), value('MARKET_LOT_SIZE', 'minQty')),
    minNotional:
      value('NOTIONAL', 'minNotional') ??
      value('MIN_NOTIONAL', 'minNotional') ??
      value('MIN_NOTIONAL', 'notional') ??
      '0',
    ...(maxQuantity !== undefined && { maxQuantity }),
    ...(maxLeverage !== undefined && { maxLeverage }),
  }
}

/** Market orders have filters of their own beside those of all orders; the larger holds for both. */
function coarser(a: DecimalText, b: DecimalText | undefined): DecimalText {
  return b === undefined ? a : Decimal.max(a, b).toString()
}
