import type { Instrument, Market } from '../../core/instrument.ts'
import { type Call, type Endpoint, findInstrumentOf, instrumentOf } from './call.ts'
import { futuresExchangeInfo, spotExchangeInfo } from './exchange-info.ts'
import { missing, unknownSymbol } from './failure.ts'
import { fundingInfo, fundingRates } from './funding.ts'
import { wireSymbol } from './instruments.ts'
import { klines } from './klines.ts'
import { priceText } from './price-text.ts'
import { best, dayTicker, depth, premiumIndex } from './tickers.ts'
import { aggregateTrades, recentTrades } from './trades.ts'

/** The public endpoints of one market, under its prefix. Their times are market time; server time is wall time. */
export function marketData(market: Market): Record<string, Endpoint> {
  const prefix = market === 'spot' ? '/api/v3' : '/fapi/v1'
  const open = (
    weight: number | ((symbols: number) => number),
    answer: (call: Call) => unknown,
  ): Endpoint => ({
    access: 'public',
    weight:
      typeof weight === 'number'
        ? weight
        : (parameters) =>
            weight(parameters.find('symbol') !== undefined ? 1 : symbolCount(parameters.find('symbols'))),
    answer,
  })
  const endpoints: Record<string, Endpoint> = {
    ping: open(1, () => ({})),
    time: open(1, ({ exchange }) => ({ serverTime: exchange.clock.wallNow() })),
    exchangeInfo: open(market === 'spot' ? 20 : 1, (call) => exchangeInfo(call, market)),
    klines: open(2, (call) => klines(call, market)),
    'ticker/24hr': open(
      (symbols) => (symbols <= 20 ? 2 * Math.max(1, symbols) : 80),
      (call) => perSymbol(call, market, (instrument) => dayTicker(call, instrument)),
    ),
    'ticker/price': open(2, (call) =>
      perSymbol(call, market, (instrument) => ({
        symbol: wireSymbol(instrument.symbol),
        price: priceText(instrument, call.exchange.lastPrice(instrument)),
        ...(market === 'futures' ? { time: call.exchange.clock.marketNow() } : {}),
      })),
    ),
    'ticker/bookTicker': open(2, (call) =>
      perSymbol(call, market, (instrument) => ({
        symbol: wireSymbol(instrument.symbol),
        ...best(call, instrument),
        ...(market === 'futures' ? { time: call.exchange.clock.marketNow() } : {}),
      })),
    ),
    depth: open(5, (call) => depth(call, market)),
    trades: open(25, (call) => recentTrades(call, market)),
    aggTrades: open(4, (call) => aggregateTrades(call, market)),
  }
  if (market === 'futures') {
    endpoints.premiumIndex = open(10, (call) =>
      perSymbol(call, market, (instrument) => premiumIndex(call, instrument)),
    )
    endpoints.fundingRate = open(1, fundingRates)
    endpoints.fundingInfo = open(1, fundingInfo)
    endpoints.markPriceKlines = open(2, (call) => klines(call, market))
  }
  const paths = Object.entries(endpoints).map(([name, endpoint]) => [`GET ${prefix}/${name}`, endpoint])
  if (market === 'futures') paths.push(['GET /fapi/v2/ticker/price', endpoints['ticker/price'] as Endpoint])
  return Object.fromEntries(paths)
}

function exchangeInfo(call: Call, market: Market) {
  const { parameters, instruments, exchange } = call
  const listed =
    parameters.find('symbol') === undefined ? namedIn(call, market) : [instrumentOf(call, market)]
  const shown = listed ?? instruments.all(market)
  const wallMs = exchange.clock.wallNow()
  return market === 'spot' ? spotExchangeInfo(shown, wallMs) : futuresExchangeInfo(shown, wallMs)
}

/** One answer for `symbol`, a list for `symbols` or for all. */
function perSymbol<T>(call: Call, market: Market, answer: (instrument: Instrument) => T): T | T[] {
  const one = findInstrumentOf(call, market)
  if (one !== undefined) return answer(one)
  return (namedIn(call, market) ?? call.instruments.all(market)).map(answer)
}

/** The instruments listed in `symbols`, a JSON array. */
function namedIn({ parameters, instruments }: Call, market: Market): readonly Instrument[] | undefined {
  const text = parameters.find('symbols')
  if (text === undefined) return undefined
  let names: unknown
  try {
    names = JSON.parse(text)
  } catch {
    throw missing('symbols')
  }
  if (!Array.isArray(names)) throw missing('symbols')
  return names.map((name) => {
    const instrument = instruments.find(market, String(name))
    if (instrument === undefined) throw unknownSymbol()
    return instrument
  })
}

function symbolCount(symbols: string | undefined): number {
  return symbols === undefined ? Number.POSITIVE_INFINITY : symbols.split(',').length
}
