import { z } from 'zod'
import type { Candle } from '#src/domain/candle.ts'
import { Decimal, type DecimalText } from '#src/domain/decimal.ts'
import type { FeedSource, Listing } from './feed-source.ts'
import { badAnswer, publicHttp } from './public-http.ts'

/** The markets of Binance with public data. */
export type BinanceMarket = 'spot' | 'futures'

interface Place {
  readonly origin: string
  readonly prefix: string
  readonly takerFee: number
  readonly maxCandles: number
  /** The largest leverage there is on the market; the venue allows less on some symbols. */
  readonly maxLeverage?: number
}

const places: Readonly<Record<BinanceMarket, Place>> = {
  spot: { origin: 'https://api.binance.com', prefix: '/api/v3', takerFee: 0.001, maxCandles: 1_000 },
  futures: {
    origin: 'https://fapi.binance.com',
    prefix: '/fapi/v1',
    takerFee: 0.0005,
    maxCandles: 1_500,
    maxLeverage: 125,
  },
}

const exchangeInfo = z.object({
  symbols: z.array(
    z.object({
      symbol: z.string(),
      status: z.string(),
      baseAsset: z.string(),
      quoteAsset: z.string(),
      marginAsset: z.string().optional(),
      contractType: z.string().optional(),
      filters: z.array(z.looseObject({ filterType: z.string() })),
    }),
  ),
})
type SymbolInfo = z.infer<typeof exchangeInfo>['symbols'][number]

/** Binance's public data: from the venue's own address, or from a simulator's. */
export function binanceFeed(market: BinanceMarket, origin?: string): FeedSource {
  const place = places[market]
  const { prefix } = place
  const venue = `binance ${market}`
  const http = publicHttp(venue, origin ?? place.origin)

  async function numbers(path: string, field: string): Promise<Map<string, number>> {
    const answer = await http.get(path)
    if (!Array.isArray(answer)) throw badAnswer(venue, path, 'it is not a list')
    const found = new Map<string, number>()
    for (const row of answer) {
      const value = Number(row?.[field])
      // A symbol that has never traded has price 0: it has no price.
      if (typeof row?.symbol === 'string' && value > 0) found.set(row.symbol, value)
    }
    if (found.size === 0) throw badAnswer(venue, path, `no row has a symbol and a positive ${field}`)
    return found
  }

  return {
    takerFee: place.takerFee,
    maxCandles: place.maxCandles,
    async listings() {
      const path = `${prefix}/exchangeInfo`
      const parsed = exchangeInfo.safeParse(await http.get(path))
      if (!parsed.success) throw badAnswer(venue, path, z.prettifyError(parsed.error).replaceAll('\n', ' '))
      return parsed.data.symbols.flatMap((symbol) => listing(symbol, market) ?? [])
    },
    prices: () => numbers(`${prefix}/ticker/price`, 'price'),
    volumes: () => numbers(`${prefix}/ticker/24hr`, 'quoteVolume'),
    async best(wire) {
      const path = `${prefix}/ticker/bookTicker`
      const answer = (await http.get(path, { symbol: wire })) as Partial<Record<string, unknown>> | null
      const [bid, ask] = [Number(answer?.bidPrice), Number(answer?.askPrice)]
      if (!(bid > 0 && ask >= bid)) throw badAnswer(venue, path, `bid ${bid} and ask ${ask} make no book`)
      return { bid, ask }
    },
    async candles(wire, interval, { fromMs, limit }) {
      const path = `${prefix}/klines`
      const since = fromMs === undefined ? {} : { startTime: fromMs }
      const answer = await http.get(path, { symbol: wire, interval, limit, ...since })
      if (!Array.isArray(answer)) throw badAnswer(venue, path, 'it is not a list')
      return answer.map((row) => candle(row, (rule) => badAnswer(venue, path, rule)))
    },
    close: () => http.close(),
  }
}

function candle(row: unknown, bad: (rule: string) => Error): Candle {
  const [openTimeMs, open, high, low, close, volume] = Array.isArray(row) ? row.map(Number) : []
  if (!isTime(openTimeMs) || !isPrice(open) || !isPrice(high) || !isPrice(low) || !isPrice(close))
    throw bad(`a candle is ${JSON.stringify(row)?.slice(0, 120)}`)
  return { openTimeMs, open, high, low, close, volume: volume ?? 0 }
}

const isTime = (value: number | undefined): value is number => Number.isInteger(value)
const isPrice = (value: number | undefined): value is number => value !== undefined && value > 0

/** A symbol that can be traded, under our name; undefined for halted ones and dated contracts. */
function listing(symbol: SymbolInfo, market: BinanceMarket): Listing | undefined {
  const { symbol: wire, status, baseAsset: base, quoteAsset: quote, marginAsset, contractType } = symbol
  if (status !== 'TRADING' || (market === 'futures' && contractType !== 'PERPETUAL')) return undefined
  const value = (type: string, field: string): DecimalText | undefined => {
    const found = symbol.filters.find((filter) => filter.filterType === type)?.[field]
    return typeof found === 'string' && Number(found) > 0 ? new Decimal(found).toString() : undefined
  }
  const tickSize = value('PRICE_FILTER', 'tickSize')
  const stepSize = coarser(value('LOT_SIZE', 'stepSize'), value('MARKET_LOT_SIZE', 'stepSize'))
  const minQuantity = coarser(value('LOT_SIZE', 'minQty'), value('MARKET_LOT_SIZE', 'minQty'))
  if (tickSize === undefined || stepSize === undefined || minQuantity === undefined) return undefined
  const maxQuantity = value('MARKET_LOT_SIZE', 'maxQty') ?? value('LOT_SIZE', 'maxQty')
  const { maxLeverage } = places[market]
  return {
    wire,
    filters: {
      symbol: market === 'spot' ? `${base}/${quote}` : `${base}/${quote}:${marginAsset ?? quote}`,
      base,
      quote,
      tickSize,
      stepSize,
      minQuantity,
      minNotional:
        value('NOTIONAL', 'minNotional') ??
        value('MIN_NOTIONAL', 'minNotional') ??
        value('MIN_NOTIONAL', 'notional') ??
        '0',
      ...(maxQuantity !== undefined && { maxQuantity }),
      ...(maxLeverage !== undefined && { maxLeverage }),
    },
  }
}

/** Market orders have filters of their own beside those of all orders; the larger holds for both. */
function coarser(all: DecimalText | undefined, market: DecimalText | undefined): DecimalText | undefined {
  return all === undefined || market === undefined ? all : Decimal.max(all, market).toString()
}
