import type { Timeframe } from '../../../candles/timeframe.ts'
import type { Instrument } from '../../core/instrument.ts'
import type { Candle } from '../../tape/candle.ts'
import { type Call, instrumentOf } from './call.ts'
import { invalid } from './failure.ts'
import { pairOf } from './pair.ts'
import { priceText } from './price-text.ts'

/** The lengths of a candle, in minutes. The venue's week and fortnight are not on the tape. */
const intervals: Readonly<Record<number, Timeframe>> = {
  1: '1m',
  5: '5m',
  15: '15m',
  30: '30m',
  60: '1h',
  240: '4h',
  1440: '1d',
}

/** However far back is asked, there are no more than these. */
const mostCandles = 720

/** A candle's length by its minutes; undefined for what the venue or the tape does not have. */
export function timeframeOfMinutes(minutes: number): Timeframe | undefined {
  return intervals[minutes]
}

/** The last candles later than `since` (seconds), the one that is still forming included; `last` is the one before it. */
export function ohlc(call: Call) {
  const { parameters, exchange } = call
  const instrument = instrumentOf(call)
  const timeframe = timeframeOfMinutes(parameters.findInteger('interval') ?? 1)
  if (timeframe === undefined) throw invalid('interval')
  const since = (parameters.findInteger('since') ?? 0) * 1000
  const query = { timeframe, limit: mostCandles }
  const candles = exchange.tape.candles(instrument.symbol, query, exchange.clock.marketNow())
  const committed = candles.at(-2) ?? candles.at(-1)
  return {
    [pairOf(instrument.symbol).id]: candles
      .filter(({ time }) => time > since)
      .map((candle) => rowOf(instrument, candle)),
    last: Math.floor((committed?.time ?? since) / 1000),
  }
}

function rowOf(instrument: Instrument, { time, open, high, low, close, volume }: Candle) {
  const average = volume > 0 ? (open + high + low + close) / 4 : 0
  return [
    time / 1000,
    ...[open, high, low, close, average].map((price) => priceText(instrument, price)),
    volume.toFixed(8),
    Math.ceil((volume * average) / 900),
  ]
}
