import {
  type Call,
  categoryOf,
  type Endpoint,
  findInstrumentOf,
  findMarketOf,
  instrumentOf,
  pageSizeOf,
} from './call.ts'
import { badParameter } from './failure.ts'
import { executionIdOf } from './ids.ts'
import { wireSymbol } from './instruments.ts'
import { instrumentInfo } from './instruments-info.ts'
import { klines } from './klines.ts'
import { priceText } from './price-text.ts'
import { orderBook, ticker } from './tickers.ts'

const open = (answer: (call: Call) => unknown): Endpoint => ({ access: 'public', answer })

/** The public endpoints. The times of prices are market time; server time is wall time. */
export const marketData: Record<string, Endpoint> = {
  'GET /v5/market/time': open(({ exchange }) => {
    const wallMs = exchange.clock.wallNow()
    return { timeSecond: String(Math.floor(wallMs / 1000)), timeNano: `${wallMs}000000` }
  }),
  'GET /v5/market/instruments-info': open(instruments),
  'GET /v5/market/tickers': open((call) => ({
    category: call.parameters.text('category'),
    list: listed(call).map((instrument) => ticker(call.exchange, instrument)),
  })),
  'GET /v5/market/kline': open(klines),
  'GET /v5/market/orderbook': open((call) => {
    const market = tradedMarketOf(call)
    const isSpot = market === 'spot'
    const limit = pageSizeOf(call, isSpot ? { usual: 1, most: 200 } : { usual: 25, most: 500 })
    const ts = call.exchange.clock.marketNow()
    return { ...orderBook(call.exchange, instrumentOf(call, market), limit), ts, cts: ts }
  }),
  'GET /v5/market/recent-trade': open(recentTrades),
}

function tradedMarketOf(call: Call) {
  const market = findMarketOf(call)
  if (market === undefined) throw badParameter('category invalid')
  return market
}

/** The instruments of the category, or the one that is named. */
function listed(call: Call) {
  const market = findMarketOf(call)
  if (market === undefined) return []
  const one = findInstrumentOf(call, market)
  return one === undefined ? call.instruments.all(market) : [one]
}

function instruments(call: Call) {
  const isTrading = (call.parameters.find('status') ?? 'Trading') === 'Trading'
  const all = isTrading ? listed(call) : []
  // Spot is not paged.
  const isPaged = call.parameters.find('category') !== 'spot'
  const size = isPaged ? pageSizeOf(call, { usual: 500, most: 1000 }) : all.length
  const from = call.parameters.findInteger('cursor') ?? 0
  return {
    category: call.parameters.text('category'),
    list: all.slice(from, from + size).map(instrumentInfo),
    nextPageCursor: from + size < all.length ? String(from + size) : '',
  }
}

/** The tape's last prices as trades of one lot step each, newest first. */
function recentTrades(call: Call) {
  const { exchange } = call
  const market = tradedMarketOf(call)
  const instrument = instrumentOf(call, market)
  const limit = pageSizeOf(call, market === 'spot' ? { usual: 60, most: 60 } : { usual: 500, most: 1000 })
  const now = exchange.clock.marketNow()
  let before = 0
  const prints = [...exchange.tape.pointsBetween(instrument.symbol, now - limit * 1000, now)].map(
    ({ time, price }) => {
      const side = price < before ? 'Sell' : 'Buy'
      before = price
      return {
        execId: executionIdOf(market, Math.floor(time / 1000)),
        symbol: wireSymbol(instrument.symbol),
        price: priceText(instrument, price),
        size: instrument.step.toString(),
        side,
        time: String(time),
        isBlockTrade: false,
      }
    },
  )
  return { category: categoryOf(market), list: prints.slice(-limit).reverse() }
}
