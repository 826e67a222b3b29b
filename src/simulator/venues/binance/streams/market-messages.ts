import { type Timeframe, timeframeMs } from '../../../../candles/timeframe.ts'
import type { Exchange } from '../../../core/exchange.ts'
import type { Instrument } from '../../../core/instrument.ts'
import type { Candle } from '../../../tape/candle.ts'
import { wireSymbol } from '../instruments.ts'
import { priceText } from '../price-text.ts'
import { best, dayTicker, premiumIndex } from '../tickers.ts'
import type { Print } from '../trades.ts'

/** The payload of `<symbol>@ticker`: the last 24 hours. */
export function tickerMessage(exchange: Exchange, instrument: Instrument) {
  const day = dayTicker({ exchange }, instrument)
  const book = best({ exchange }, instrument)
  return {
    e: '24hrTicker',
    E: exchange.clock.marketNow(),
    s: day.symbol,
    p: day.priceChange,
    P: day.priceChangePercent,
    w: day.weightedAvgPrice,
    ...(instrument.market === 'spot' && {
      x: day.openPrice,
      b: book.bidPrice,
      B: book.bidQty,
      a: book.askPrice,
      A: book.askQty,
    }),
    c: day.lastPrice,
    Q: day.lastQty,
    o: day.openPrice,
    h: day.highPrice,
    l: day.lowPrice,
    v: day.volume,
    q: day.quoteVolume,
    O: day.openTime,
    C: day.closeTime,
    F: day.firstId,
    L: day.lastId,
    n: day.count,
  }
}

/** The payload of `<symbol>@miniTicker`. */
export function miniTickerMessage(exchange: Exchange, instrument: Instrument) {
  const { s, c, o, h, l, v, q, E } = tickerMessage(exchange, instrument)
  return { e: '24hrMiniTicker', E, s, c, o, h, l, v, q }
}

/** The payload of `<symbol>@bookTicker`; spot sends it without a name and without a time. */
export function bookTickerMessage(exchange: Exchange, instrument: Instrument) {
  const book = best({ exchange }, instrument)
  const now = exchange.clock.marketNow()
  const quotes = { b: book.bidPrice, B: book.bidQty, a: book.askPrice, A: book.askQty }
  const u = Math.floor(now / 1_000)
  const s = wireSymbol(instrument.symbol)
  if (instrument.market === 'spot') return { u, s, ...quotes }
  return { e: 'bookTicker', u, s, ...quotes, T: now, E: now }
}

/** The payload of `<symbol>@kline_<interval>`; `isClosed` says that no trade will change it any more. */
export function klineMessage(
  exchange: Exchange,
  instrument: Instrument,
  { candle, timeframe, isClosed }: { candle: Candle; timeframe: Timeframe; isClosed: boolean },
) {
  const s = wireSymbol(instrument.symbol)
  const quote = (candle.volume * (candle.open + candle.high + candle.low + candle.close)) / 4
  const trades = Math.ceil(quote / 900)
  return {
    e: 'kline',
    E: exchange.clock.marketNow(),
    s,
    k: {
      t: candle.time,
      T: candle.time + timeframeMs[timeframe] - 1,
      s,
      i: timeframe,
      f: Math.floor(candle.time / 1_000),
      L: Math.floor(candle.time / 1_000) + trades,
      o: priceText(instrument, candle.open),
      c: priceText(instrument, candle.close),
      h: priceText(instrument, candle.high),
      l: priceText(instrument, candle.low),
      v: candle.volume.toFixed(8),
      n: trades,
      x: isClosed,
      q: quote.toFixed(8),
      V: (candle.volume / 2).toFixed(8),
      Q: (quote / 2).toFixed(8),
      B: '0',
    },
  }
}

/** The payload of `<symbol>@trade` and, under its name, of `<symbol>@aggTrade`. */
export function tradeMessage(
  exchange: Exchange,
  instrument: Instrument,
  { print, isAggregate }: { print: Print; isAggregate: boolean },
) {
  const { id, price, time, isFalling } = print
  return {
    e: isAggregate ? 'aggTrade' : 'trade',
    E: exchange.clock.marketNow(),
    s: wireSymbol(instrument.symbol),
    ...(isAggregate ? { a: id, f: id, l: id } : { t: id }),
    p: priceText(instrument, price),
    q: instrument.step.toString(),
    T: time,
    m: isFalling,
    M: true,
  }
}

/** The payload of `<symbol>@markPrice`. */
export function markPriceMessage(exchange: Exchange, instrument: Instrument) {
  const index = premiumIndex({ exchange }, instrument)
  return {
    e: 'markPriceUpdate',
    E: exchange.clock.marketNow(),
    s: index.symbol,
    p: index.markPrice,
    i: index.indexPrice,
    P: index.estimatedSettlePrice,
    r: index.lastFundingRate,
    T: index.nextFundingTime,
  }
}
