import { bestPrices, levelsFor, type Side } from '../../core/book.ts'
import type { Instrument, Market } from '../../core/instrument.ts'
import { type Candle, isTimeframe, timeframeMs } from '../../tape/candle.ts'
import { type Call, type Endpoint, findInstrumentOf, instrumentOf } from './call.ts'
import { futuresExchangeInfo, spotExchangeInfo } from './exchange-info.ts'
import { Failure, missing, unknownSymbol } from './failure.ts'
import { wireSymbol } from './instruments.ts'

const dayMs = 86_400_000

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

function klines(call: Call, market: Market): unknown[] {
  const { parameters, exchange } = call
  const instrument = instrumentOf(call, market)
  const timeframe = parameters.text('interval')
  if (!isTimeframe(timeframe)) throw new Failure(-1120, 'Invalid interval.')
  const query = {
    timeframe,
    fromMs: parameters.findInteger('startTime'),
    toMs: parameters.findInteger('endTime'),
    limit: Math.min(parameters.findInteger('limit') ?? 500, market === 'spot' ? 1000 : 1500),
  }
  const candles = exchange.tape.candles(instrument.symbol, query, exchange.clock.marketNow())
  return candles.map((candle) => klineOf(instrument, candle, timeframeMs[timeframe]))
}

function klineOf(instrument: Instrument, candle: Candle, lengthMs: number): unknown[] {
  const quote = (candle.volume * (candle.open + candle.high + candle.low + candle.close)) / 4
  const trades = Math.ceil(quote / 900)
  return [
    candle.time,
    priceText(instrument, candle.open),
    priceText(instrument, candle.high),
    priceText(instrument, candle.low),
    priceText(instrument, candle.close),
    candle.volume.toFixed(8),
    candle.time + lengthMs - 1,
    quote.toFixed(8),
    trades,
    (candle.volume / 2).toFixed(8),
    (quote / 2).toFixed(8),
    '0',
  ]
}

/** Rolling 24 hours, from 5-minute candles. */
function dayTicker(call: Call, instrument: Instrument) {
  const { exchange } = call
  const now = exchange.clock.marketNow()
  const day = exchange.tape.candles(
    instrument.symbol,
    { timeframe: '5m', fromMs: now - dayMs, limit: 289 },
    now,
  )
  const last = exchange.lastPrice(instrument)
  const open = day[0]?.open ?? last
  let [high, low, volume, quote] = [last, last, 0, 0]
  for (const candle of day) {
    high = Math.max(high, candle.high)
    low = Math.min(low, candle.low)
    volume += candle.volume
    quote += (candle.volume * (candle.open + candle.high + candle.low + candle.close)) / 4
  }
  const average = volume > 0 ? quote / volume : last
  return {
    symbol: wireSymbol(instrument.symbol),
    priceChange: priceText(instrument, last - open),
    priceChangePercent: (((last - open) / open) * 100).toFixed(3),
    weightedAvgPrice: priceText(instrument, average),
    ...(instrument.market === 'spot'
      ? { prevClosePrice: priceText(instrument, open), ...best(call, instrument) }
      : {}),
    lastPrice: priceText(instrument, last),
    lastQty: instrument.step.toString(),
    openPrice: priceText(instrument, open),
    highPrice: priceText(instrument, high),
    lowPrice: priceText(instrument, low),
    volume: volume.toFixed(8),
    quoteVolume: quote.toFixed(8),
    openTime: now - dayMs,
    closeTime: now,
    firstId: 1,
    lastId: Math.ceil(quote / 900),
    count: Math.ceil(quote / 900),
  }
}

function best(call: Call, instrument: Instrument) {
  const top = (side: Side) => levels(call, instrument, side).next().value
  const [bid, ask] = [top('sell'), top('buy')]
  const prices = bestPrices(instrument, call.exchange.lastPrice(instrument))
  return {
    bidPrice: priceText(instrument, prices.bid.toNumber()),
    bidQty: bid?.size.toString() ?? '0',
    askPrice: priceText(instrument, prices.ask.toNumber()),
    askQty: ask?.size.toString() ?? '0',
  }
}

function depth(call: Call, market: Market) {
  const instrument = instrumentOf(call, market)
  const { parameters, exchange } = call
  const limit = parameters.findInteger('limit') ?? (market === 'spot' ? 100 : 500)
  const side = (taker: Side) =>
    [...levels(call, instrument, taker)]
      .slice(0, limit)
      .map(({ price, size }) => [priceText(instrument, price.toNumber()), size.toString()])
  const now = exchange.clock.marketNow()
  const times = market === 'futures' ? { E: now, T: now } : {}
  return { lastUpdateId: Math.floor(now / 1000), ...times, bids: side('sell'), asks: side('buy') }
}

function levels({ exchange }: Call, instrument: Instrument, taker: Side) {
  return levelsFor(taker, instrument, exchange.lastPrice(instrument), exchange.clock.marketNow())
}

/** The tape's last prices as trades of one lot step each. */
function recentTrades(call: Call, market: Market) {
  const instrument = instrumentOf(call, market)
  const now = call.exchange.clock.marketNow()
  const limit = Math.min(call.parameters.findInteger('limit') ?? 500, 1000)
  return printsOf(call, instrument, now - limit * 1000, now)
    .slice(-limit)
    .map(({ id, price, time, isFalling }) => ({
      id,
      price: priceText(instrument, price),
      qty: instrument.step.toString(),
      quoteQty: (price * instrument.step.toNumber()).toFixed(8),
      time,
      isBuyerMaker: isFalling,
      isBestMatch: true,
    }))
}

/** The same, from a time on or up to one. */
function aggregateTrades(call: Call, market: Market) {
  const instrument = instrumentOf(call, market)
  const { parameters, exchange } = call
  const now = exchange.clock.marketNow()
  const limit = Math.min(parameters.findInteger('limit') ?? 500, 1000)
  const to = Math.min(parameters.findInteger('endTime') ?? now, now)
  const from = parameters.findInteger('startTime')
  const prints = printsOf(call, instrument, (from ?? to - limit * 1000) - 1, to)
  return (from === undefined ? prints.slice(-limit) : prints.slice(0, limit)).map(
    ({ id, price, time, isFalling }) => ({
      a: id,
      p: priceText(instrument, price),
      q: instrument.step.toString(),
      f: id,
      l: id,
      T: time,
      m: isFalling,
      M: true,
    }),
  )
}

function printsOf({ exchange }: Call, instrument: Instrument, fromMs: number, toMs: number) {
  let before = 0
  return [...exchange.tape.pointsBetween(instrument.symbol, fromMs, toMs)].map(({ time, price }) => {
    const isFalling = price < before
    before = price
    return { id: Math.floor(time / 1000), price, time, isFalling }
  })
}

function premiumIndex({ exchange }: Call, instrument: Instrument) {
  const price = priceText(instrument, exchange.lastPrice(instrument))
  return {
    symbol: wireSymbol(instrument.symbol),
    markPrice: price,
    indexPrice: price,
    estimatedSettlePrice: price,
    lastFundingRate: '0.00000000',
    interestRate: '0.00010000',
    nextFundingTime: 0,
    time: exchange.clock.marketNow(),
  }
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

/** A price at the instrument's tick, in the venue's number of digits. */
export function priceText(instrument: Instrument, price: number): string {
  const tick = instrument.tick.toNumber()
  const rounded = Math.round(price / tick) * tick
  return rounded.toFixed(instrument.market === 'spot' ? 8 : instrument.tick.decimalPlaces())
}
