import { type Timeframe, timeframeMs } from '../../../../candles/timeframe.ts'
import type { Exchange } from '../../../core/exchange.ts'
import type { Instrument } from '../../../core/instrument.ts'
import type { Candle } from '../../../tape/candle.ts'
import { type Subscription, stamp } from './message.ts'

const snapshotCandles = 100

/** The channel `ohlc`: candles as they form, whenever the last one has changed. */
export function ohlcChannel(exchange: Exchange, instrument: Instrument, timeframe: Timeframe): Subscription {
  const about = { market: instrument.market, symbol: instrument.symbol }
  let last: Candle | undefined
  const since = (fromMs: number | undefined) => {
    const query = { timeframe, limit: snapshotCandles, ...(fromMs !== undefined && { fromMs }) }
    return exchange.tape.candles(instrument.symbol, query, exchange.clock.marketNow())
  }
  const told = (candles: readonly Candle[]) => {
    last = candles.at(-1)
    const rows = candles.map((candle) => rowOf(instrument, candle, timeframe))
    return rows.length === 0 ? [] : [{ rows, about }]
  }
  return {
    channel: 'ohlc',
    snapshot: () => told(since(undefined)),
    next() {
      const candles = since(last?.time)
      const changed = candles.filter((candle) => candle.time !== last?.time || candle.volume !== last.volume)
      return changed.length === 0 ? [] : told(changed)
    },
    stop: () => {},
  }
}

function rowOf({ symbol }: Instrument, candle: Candle, timeframe: Timeframe) {
  const { time, open, high, low, close, volume } = candle
  const vwap = (open + high + low + close) / 4
  return {
    symbol,
    open,
    high,
    low,
    close,
    trades: Math.ceil((volume * vwap) / 900),
    volume,
    vwap,
    interval_begin: stamp(time),
    interval: timeframeMs[timeframe] / 60_000,
    timestamp: stamp(time + timeframeMs[timeframe]),
  }
}
