import { timeframeMs } from '../../../../candles/timeframe.ts'
import type { Exchange } from '../../../core/exchange.ts'
import type { Instrument } from '../../../core/instrument.ts'
import { printsOf } from '../trades.ts'
import {
  bookTickerMessage,
  klineMessage,
  markPriceMessage,
  miniTickerMessage,
  tickerMessage,
  tradeMessage,
} from './market-messages.ts'
import type { MarketStream } from './stream-name.ts'

/** How often one subscriber's stream is looked at, and what it has to say since the last look. */
export interface MarketLook {
  readonly everyMs: number // wall time
  next(): readonly unknown[]
}

/** Begins to look at a stream; what was before is not told. */
export function lookAt(stream: MarketStream, exchange: Exchange): MarketLook {
  const changes = (of: Instrument, message: (exchange: Exchange, of: Instrument) => object) =>
    changed(() => message(exchange, of))
  switch (stream.channel) {
    case 'ticker':
      return { everyMs: 1_000, next: changes(stream.of, tickerMessage) }
    case 'miniTicker':
      return { everyMs: 1_000, next: changes(stream.of, miniTickerMessage) }
    case 'tickers':
      return { everyMs: 1_000, next: changedOf(stream.of, (of) => changes(of, tickerMessage)) }
    case 'miniTickers':
      return { everyMs: 1_000, next: changedOf(stream.of, (of) => changes(of, miniTickerMessage)) }
    case 'bookTicker':
      return { everyMs: 100, next: changes(stream.of, bookTickerMessage) }
    case 'markPrice':
      return { everyMs: stream.everyMs, next: () => [markPriceMessage(exchange, stream.of)] }
    case 'markPrices':
      return {
        everyMs: stream.everyMs,
        next: () => [stream.of.map((one) => markPriceMessage(exchange, one))],
      }
    case 'kline':
      return { everyMs: stream.of.market === 'spot' ? 1_000 : 250, next: candles(stream, exchange) }
    case 'trade':
    case 'aggTrade':
      return { everyMs: 100, next: trades(stream, exchange) }
  }
}

/** A message when it says something that the last one did not; its time alone is nothing new. */
function changed(message: () => object): () => object[] {
  let last = ''
  return () => {
    const now = message()
    const text = JSON.stringify(now, (name, value) => (['E', 'T', 'C', 'O', 'u'].includes(name) ? 0 : value))
    if (text === last) return []
    last = text
    return [now]
  }
}

/** One list of those that have changed. */
function changedOf(
  instruments: readonly Instrument[],
  open: (instrument: Instrument) => () => object[],
): () => unknown[] {
  const each = instruments.map(open)
  return () => {
    const news = each.flatMap((next) => next())
    return news.length === 0 ? [] : [news]
  }
}

/** The candle that forms, whenever it changes; and once more, as closed, when the next one has begun. */
function candles(
  { of, timeframe }: Extract<MarketStream, { channel: 'kline' }>,
  exchange: Exchange,
): () => object[] {
  let forming: number | undefined
  let last = ''
  return () => {
    const now = exchange.clock.marketNow()
    const fromMs = forming ?? now - (now % timeframeMs[timeframe])
    const found = exchange.tape.candles(of.symbol, { timeframe, fromMs, limit: 1_000 }, now)
    const newest = found.at(-1)
    if (newest === undefined) return []
    const text = JSON.stringify(newest)
    if (text === last) return []
    last = text
    forming = newest.time
    return found.map((candle) =>
      klineMessage(exchange, of, { candle, timeframe, isClosed: candle !== newest }),
    )
  }
}

/** Every print of the tape since the last look. */
function trades({ channel, of }: MarketStream & { of: Instrument }, exchange: Exchange): () => object[] {
  let seenUntil = exchange.clock.marketNow()
  return () => {
    const now = exchange.clock.marketNow()
    const prints = now > seenUntil ? printsOf({ exchange }, of, seenUntil, now) : []
    seenUntil = now
    return prints.map((print) => tradeMessage(exchange, of, { print, isAggregate: channel === 'aggTrade' }))
  }
}
