import { z } from 'zod'
import { type Candle, type Timeframe, timeframeMs } from '../../domain/candle.ts'
import { Decimal } from '../../domain/decimal.ts'
import type { MarketFilters } from '../../domain/market-filters.ts'
import { amountText, type ListedSymbol, type MarketSource, positiveText } from '../market-source.ts'

const decimalText = z
  .string()
  .refine((text) => /^\d+(\.\d+)?$/.test(text), 'must be a plain decimal number')
  .transform((text) => new Decimal(text).toString())
const lots = z.looseObject({
  minOrderQty: decimalText,
  basePrecision: decimalText.optional(),
  qtyStep: decimalText.optional(),
  minOrderAmt: decimalText.optional(),
  minNotionalValue: decimalText.optional(),
  maxMarketOrderQty: decimalText.optional(),
  maxMktOrderQty: decimalText.optional(),
})
const listedRow = z.looseObject({
  symbol: z.string(),
  status: z.string(),
  baseCoin: z.string(),
  quoteCoin: z.string(),
  contractType: z.string().optional(),
  settleCoin: z.string().optional(),
  lotSizeFilter: lots,
  priceFilter: z.looseObject({ tickSize: decimalText }),
  leverageFilter: z.looseObject({ maxLeverage: z.coerce.number() }).optional(),
})
const tickerRow = z.looseObject({
  symbol: z.string(),
  lastPrice: z.string(),
  bid1Price: z.string(),
  ask1Price: z.string(),
  turnover24h: amountText,
})
const kline = z
  .tuple([z.coerce.number(), positiveText, positiveText, positiveText, positiveText, amountText])
  .rest(z.unknown())

/** A list of rows in the body that every answer has. An empty one is a defect where something must be listed. */
const listOf = <Row extends z.ZodType>(row: Row) =>
  z.looseObject({ retCode: z.literal(0), result: z.looseObject({ list: z.array(row) }) })
const listing = listOf(listedRow).refine(({ result }) => result.list.length > 0, 'lists nothing')
const tickers = listOf(tickerRow).refine(({ result }) => result.list.length > 0, 'lists nothing')
const klines = listOf(kline)

const intervals: Readonly<Record<Timeframe, string>> = {
  '1m': '1',
  '5m': '5',
  '15m': '15',
  '1h': '60',
  '4h': '240',
  '1d': 'D',
}

type ListedRow = z.infer<typeof listedRow>

/** Public data of Bybit spot. */
export const bybitSpot: MarketSource = sourceAt({
  category: 'spot',
  takerFee: 0.001,
  nameOf: ({ baseCoin, quoteCoin }) => `${baseCoin}/${quoteCoin}`,
})

/** Public data of Bybit's linear perpetuals. */
export const bybitLinear: MarketSource = sourceAt({
  category: 'linear',
  takerFee: 0.00055,
  nameOf: ({ baseCoin, quoteCoin, settleCoin, contractType }) =>
    contractType === 'LinearPerpetual' ? `${baseCoin}/${quoteCoin}:${settleCoin ?? quoteCoin}` : undefined,
})

interface Place {
  readonly category: 'spot' | 'linear'
  readonly takerFee: number
  /** Our name of a symbol; undefined for what is not traded here. */
  nameOf(symbol: ListedRow): string | undefined
}

function sourceAt({ category, takerFee, nameOf }: Place): MarketSource {
  const tickersPath = `/v5/market/tickers?category=${category}`
  const rowsOf = (answer: unknown) => tickers.parse(answer).result.list
  return {
    address: 'https://api.bybit.com',
    takerFee,
    largestCandleRequest: 1_000,
    pastCandlesEveryMs: 50, // 600 requests in 5 s, of which these are a sixth
    listing: {
      path: `/v5/market/instruments-info?category=${category}${category === 'linear' ? '&limit=1000' : ''}`,
      read: (answer) =>
        listing.parse(answer).result.list.flatMap((row): ListedSymbol[] => {
          const name = nameOf(row)
          if (name === undefined || row.status !== 'Trading') return []
          return [{ venueSymbol: row.symbol, filters: filtersOf(name, row) }]
        }),
    },
    prices: {
      path: tickersPath,
      // A symbol that has never traded has no price.
      read: (answer) =>
        rowsOf(answer).flatMap(({ symbol, lastPrice }) => {
          const price = positiveText.safeParse(lastPrice)
          return price.success ? [[symbol, price.data]] : []
        }),
    },
    books: {
      path: tickersPath,
      // A side of the book that offers nothing is an empty text.
      read: (answer) =>
        rowsOf(answer).map((row) => [
          row.symbol,
          { bid: amountText.parse(row.bid1Price || '0'), ask: amountText.parse(row.ask1Price || '0') },
        ]),
    },
    volumes: {
      path: tickersPath,
      read: (answer) => rowsOf(answer).map((row) => [row.symbol, row.turnover24h]),
    },
    candles({ venueSymbol, timeframe, limit, fromMs }) {
      // Both ends, since a start alone is not said to be where the page begins.
      const span =
        fromMs === undefined ? '' : `&start=${fromMs}&end=${fromMs + limit * timeframeMs[timeframe] - 1}`
      const interval = intervals[timeframe]
      return {
        path: `/v5/market/kline?category=${category}&symbol=${venueSymbol}&interval=${interval}&limit=${limit}${span}`,
        read: (answer) => klines.parse(answer).result.list.map(candleOf).reverse(),
      }
    },
  }
}

function candleOf([openTimeMs, open, high, low, close, volume]: z.infer<typeof kline>): Candle {
  return { openTimeMs, open, high, low, close, volume }
}

function filtersOf(symbol: string, row: ListedRow): MarketFilters {
  const lot = row.lotSizeFilter
  const stepSize = lot.qtyStep ?? lot.basePrecision
  if (stepSize === undefined) throw new Error(`${symbol} is listed without a step`)
  // Market orders have a maximum of their own, and it is the smaller one.
  const maxQuantity = lot.maxMktOrderQty ?? lot.maxMarketOrderQty
  return {
    symbol,
    base: row.baseCoin,
    quote: row.quoteCoin,
    tickSize: row.priceFilter.tickSize,
    stepSize,
    minQuantity: lot.minOrderQty,
    minNotional: lot.minNotionalValue ?? lot.minOrderAmt ?? '0',
    ...(maxQuantity !== undefined && { maxQuantity }),
    ...(row.leverageFilter !== undefined && { maxLeverage: row.leverageFilter.maxLeverage }),
  }
}
