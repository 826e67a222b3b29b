import { isTimeframe, timeframeMs } from '../../../candles/timeframe.ts'
import type { Instrument, Market } from '../../core/instrument.ts'
import type { Candle } from '../../tape/candle.ts'
import { type Call, instrumentOf } from './call.ts'
import { Failure } from './failure.ts'
import { priceText } from './price-text.ts'

/** Candles, as lists in the venue's order. The tape has no turnover and no trade count: both are estimated. */
export function klines(call: Call, market: Market): unknown[] {
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
