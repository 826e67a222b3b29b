import { z } from 'zod'
import { type Candle, type Timeframe, timeframeMs } from '../../domain/candle.ts'
import { Decimal, type DecimalText } from '../../domain/decimal.ts'
import type { MarketFilters } from '../../domain/market-filters.ts'
import { amountText, type ListedSymbol, type MarketSource, positiveText } from '../market-source.ts'

const decimalText = z
  .union([z.string(), z.number()])
  .transform((value) => String(value))
  .refine((text) => /^\d+(\.\d+)?$/.test(text), 'must be a plain decimal number')
  .transform((text): DecimalText => new Decimal(text).toString())
const pairRow = z.looseObject({
  wsname: z.string().optional(),
  status: z.string().optional(),
  pair_decimals: z.int().min(0),
  lot_decimals: z.int().min(0),
  tick_size: decimalText.optional(),
  ordermin: decimalText.optional(),
  costmin: decimalText.optional(),
})
/** Values are of today and of the last 24 hours; of a side of the book, the price and what is offered at it. */
const tickerRow = z.looseObject({
  a: z.array(z.string()).min(1),
  b: z.array(z.string()).min(1),
  c: z.array(z.string()).min(1),
  v: z.tuple([amountText, amountText]),
  p: z.tuple([amountText, amountText]),
})
const candleRow = z
  .tuple([z.number(), positiveText, positiveText, positiveText, positiveText, z.string(), amountText])
  .rest(z.unknown())

/** What every answer holds: no error, and a result with something in it. */
const resultOf = <Row extends z.ZodType>(row: Row) =>
  z.looseObject({
    error: z.array(z.string()).length(0),
    result: z.record(z.string(), row).refine((rows) => Object.keys(rows).length > 0, 'lists nothing'),
  })
const pairs = resultOf(pairRow)
const tickers = resultOf(tickerRow)
const candles = resultOf(z.union([z.array(candleRow), z.number()]))

/** Where the venue's name of a currency is not the common one, as ccxt has it. */
const codes: Readonly<Record<string, string>> = {
  XBT: 'BTC',
  XDG: 'DOGE',
  LUNA: 'LUNC',
  LUNA2: 'LUNA',
  REPV2: 'REP',
  REP: 'REPV1',
  UST: 'USTC',
  FEE: 'KFEE',
}

const tickerPath = '/0/public/Ticker'

/** Public data of Kraken spot. */
export const krakenSpot: MarketSource = {
  address: 'https://api.kraken.com',
  takerFee: 0.004,
  largestCandleRequest: 720,
  pastCandlesEveryMs: 2_000, // an address may ask about once a second
  listing: {
    path: '/0/public/AssetPairs',
    read: (answer) =>
      Object.entries(pairs.parse(answer).result).flatMap(([venueSymbol, row]): ListedSymbol[] => {
        const [base, quote] = (row.wsname ?? '').split('/').map((name) => codes[name] ?? name)
        if (!base || !quote || (row.status ?? 'online') !== 'online') return []
        return [{ venueSymbol, filters: filtersOf({ base, quote }, row) }]
      }),
  },
  prices: {
    path: tickerPath,
    // A pair that has never traded has no price.
    read: (answer) =>
      rowsOf(answer).flatMap(([name, { c }]) => {
        const price = positiveText.safeParse(c[0])
        return price.success ? [[name, price.data]] : []
      }),
  },
  books: {
    path: tickerPath,
    read: (answer) =>
      rowsOf(answer).map(([name, { a, b }]) => [
        name,
        { bid: amountText.parse(b[0]), ask: amountText.parse(a[0]) },
      ]),
  },
  volumes: {
    path: tickerPath,
    read: (answer) => rowsOf(answer).map(([name, { v, p }]) => [name, v[1] * p[1]]),
  },
  candles({ venueSymbol, timeframe, limit, fromMs }) {
    // The venue gives what opened later than a second, and its newest 720 however far back that lies.
    const since = fromMs === undefined ? '' : `&since=${Math.floor(fromMs / 1_000) - 1}`
    return {
      path: `/0/public/OHLC?pair=${venueSymbol}&interval=${minutesOf(timeframe)}${since}`,
      read(answer) {
        const { result } = candles.parse(answer)
        const rows = Object.values(result).find((value) => typeof value === 'object')
        if (rows === undefined) throw new Error('the answer holds no candles')
        const all = rows.map(candleOf)
        return fromMs === undefined
          ? all.slice(-limit)
          : all.filter(({ openTimeMs }) => openTimeMs >= fromMs).slice(0, limit)
      },
    }
  },
}

function rowsOf(answer: unknown) {
  return Object.entries(tickers.parse(answer).result)
}

function candleOf([seconds, open, high, low, close, , volume]: z.infer<typeof candleRow>): Candle {
  return { openTimeMs: seconds * 1_000, open, high, low, close, volume }
}

function minutesOf(timeframe: Timeframe): number {
  return timeframeMs[timeframe] / 60_000
}

function filtersOf(
  { base, quote }: { base: string; quote: string },
  row: z.infer<typeof pairRow>,
): MarketFilters {
  const digit = (decimals: number) => new Decimal(10).pow(-decimals).toString()
  const stepSize = digit(row.lot_decimals)
  return {
    symbol: `${base}/${quote}`,
    base,
    quote,
    tickSize: row.tick_size ?? digit(row.pair_decimals),
    stepSize,
    minQuantity: row.ordermin ?? stepSize,
    minNotional: row.costmin ?? '0',
  }
}
