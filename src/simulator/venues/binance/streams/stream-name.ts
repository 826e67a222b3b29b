import { isTimeframe, type Timeframe } from '../../../../candles/timeframe.ts'
import type { Instrument, Market } from '../../../core/instrument.ts'
import type { InstrumentIndex } from '../call.ts'

/** A public stream as its name asks for it: `btcusdt@kline_1m`, `!miniTicker@arr`. */
export type MarketStream =
  | { readonly channel: 'kline'; readonly of: Instrument; readonly timeframe: Timeframe }
  | { readonly channel: 'trade' | 'aggTrade' | 'bookTicker'; readonly of: Instrument }
  | { readonly channel: 'miniTicker' | 'ticker'; readonly of: Instrument }
  | { readonly channel: 'miniTickers' | 'tickers'; readonly of: readonly Instrument[] }
  | { readonly channel: 'markPrice'; readonly of: Instrument; readonly everyMs: number }
  | { readonly channel: 'markPrices'; readonly of: readonly Instrument[]; readonly everyMs: number }

/** Reads a stream's name; undefined when the venue's market has no such stream. */
export function marketStreamOf(
  name: string,
  market: Market,
  instruments: InstrumentIndex,
): MarketStream | undefined {
  const [subject = '', channel = '', speed] = name.split('@')
  if (subject.startsWith('!')) return streamOfAll(subject, channel, speed, market, instruments)
  if (subject !== subject.toLowerCase()) return undefined
  const of = instruments.find(market, subject.toUpperCase())
  if (of === undefined) return undefined
  if (channel.startsWith('kline_')) {
    const timeframe = channel.slice('kline_'.length)
    return speed === undefined && isTimeframe(timeframe) ? { channel: 'kline', of, timeframe } : undefined
  }
  if (channel === 'markPrice' && market === 'futures') {
    const everyMs = markEveryMs(speed)
    return everyMs === undefined ? undefined : { channel, of, everyMs }
  }
  if (speed !== undefined) return undefined
  switch (channel) {
    case 'trade':
    case 'aggTrade':
    case 'bookTicker':
    case 'miniTicker':
    case 'ticker':
      return { channel, of }
    default:
      return undefined
  }
}

function streamOfAll(
  subject: string,
  channel: string,
  speed: string | undefined,
  market: Market,
  instruments: InstrumentIndex,
): MarketStream | undefined {
  if (channel !== 'arr') return undefined
  const of = instruments.all(market)
  if (subject === '!miniTicker' && speed === undefined) return { channel: 'miniTickers', of }
  if (subject === '!ticker' && speed === undefined) return { channel: 'tickers', of }
  const everyMs = markEveryMs(speed)
  if (subject === '!markPrice' && market === 'futures' && everyMs !== undefined)
    return { channel: 'markPrices', of, everyMs }
  return undefined
}

/** Mark prices come every 3 s, or every second where the name ends in `@1s`. */
function markEveryMs(speed: string | undefined): number | undefined {
  if (speed === undefined) return 3_000
  return speed === '1s' ? 1_000 : undefined
}
