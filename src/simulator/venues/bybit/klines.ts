import { type Timeframe, timeframeMs } from '../../../candles/timeframe.ts'
import type { Instrument } from '../../core/instrument.ts'
import type { Candle } from '../../tape/candle.ts'
import { type Call, categoryOf, findMarketOf, instrumentOf, pageSizeOf } from './call.ts'
import { badParameter } from './failure.ts'
import { wireSymbol } from './instruments.ts'
import { priceText } from './price-text.ts'

const timeframes: Readonly<Record<string, Timeframe>> = {
  '1': '1m',
  '3': '3m',
  '5': '5m',
  '15': '15m',
  '30': '30m',
  '60': '1h',
  '120': '2h',
  '240': '4h',
  '360': '6h',
  '720': '12h',
  D: '1d',
}

/** The length of candle that the venue means by an interval; undefined where this market has none. */
export function timeframeOfInterval(interval: string): Timeframe | undefined {
  return timeframes[interval]
}

/** GET /v5/market/kline: newest first. The tape has no turnover: it is estimated. */
export function klines(call: Call) {
  const { parameters, exchange } = call
  const market = findMarketOf(call)
  if (market === undefined) throw badParameter('category invalid')
  const instrument = instrumentOf(call, market)
  const timeframe = timeframeOfInterval(parameters.text('interval'))
  if (timeframe === undefined) throw badParameter('interval invalid')
  const limit = pageSizeOf(call, { usual: 200, most: 1000 })
  const [start, end] = [parameters.findInteger('start'), parameters.findInteger('end')]
  const lengthMs = timeframeMs[timeframe]
  // With both ends it is the last of what lies between them, with a start alone the first.
  const fromMs = end === undefined ? start : Math.max(start ?? 0, end - limit * lengthMs + 1)
  const query = { timeframe, fromMs, toMs: end, limit }
  const candles = exchange.tape.candles(instrument.symbol, query, exchange.clock.marketNow())
  return {
    category: categoryOf(market),
    symbol: wireSymbol(instrument.symbol),
    list: candles.reverse().map((candle) => klineOf(instrument, candle)),
  }
}

function klineOf(instrument: Instrument, candle: Candle): string[] {
  const { open, high, low, close, volume } = candle
  return [
    String(candle.time),
    ...[open, high, low, close].map((price) => priceText(instrument, price)),
    volume.toFixed(8),
    turnoverOf(candle).toFixed(8),
  ]
}

/** About what was paid for a candle's volume, in the quote currency. */
export function turnoverOf({ open, high, low, close, volume }: Candle): number {
  return (volume * (open + high + low + close)) / 4
}
