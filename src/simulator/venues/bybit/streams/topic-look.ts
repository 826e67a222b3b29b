import { timeframeMs } from '../../../../candles/timeframe.ts'
import type { Exchange } from '../../../core/exchange.ts'
import type { Instrument, Market } from '../../../core/instrument.ts'
import type { InstrumentIndex } from '../call.ts'
import { executionIdOf } from '../ids.ts'
import { wireSymbol } from '../instruments.ts'
import { timeframeOfInterval, turnoverOf } from '../klines.ts'
import { priceText } from '../price-text.ts'
import { orderBook, ticker } from '../tickers.ts'

/** A public topic: what it is about, and what it says next, if anything. */
export interface Topic {
  readonly name: string
  readonly instrument: Instrument
  /** Frames without their topic; none where nothing has changed. */
  next(): readonly TopicNews[]
}

interface TopicNews {
  readonly type: 'snapshot' | 'delta'
  readonly data: unknown
}

const depths = [1, 50, 200, 1000]
const mostTrades = 1_000

/** A topic of one market by its name; undefined when the venue has none of that name. */
export function topicOf(
  name: string,
  market: Market,
  exchange: Exchange,
  instruments: InstrumentIndex,
): Topic | undefined {
  const parts = name.split('.')
  const instrument = instruments.find(market, parts.at(-1) ?? '')
  if (instrument === undefined) return undefined
  const next = nextOf(parts, instrument, exchange)
  return next && { name, instrument, next }
}

function nextOf(
  parts: readonly string[],
  instrument: Instrument,
  exchange: Exchange,
): Topic['next'] | undefined {
  const [kind, how = ''] = parts
  if (kind === 'tickers' && parts.length === 2) return tickers(instrument, exchange)
  if (kind === 'publicTrade' && parts.length === 2) return trades(instrument, exchange)
  if (kind === 'kline' && parts.length === 3) return candles(instrument, exchange, how)
  if (kind === 'orderbook' && parts.length === 3 && depths.includes(Number(how)))
    return book(instrument, exchange, Number(how))
  return undefined
}

/** Spot tells a ticker as a whole, linear what has changed of it. */
function tickers(instrument: Instrument, exchange: Exchange): Topic['next'] {
  let told: Record<string, unknown> = {}
  return () => {
    const now: Record<string, unknown> = ticker(exchange, instrument)
    const changed = Object.entries(now).filter(([field, value]) => told[field] !== value)
    const isFirst = Object.keys(told).length === 0
    told = now
    if (changed.length === 0) return []
    if (isFirst || instrument.market === 'spot') return [{ type: 'snapshot', data: now }]
    return [{ type: 'delta', data: { ...Object.fromEntries(changed), symbol: now.symbol } }]
  }
}

/** The tape's prices since the last look, as trades of one lot step each. */
function trades(instrument: Instrument, exchange: Exchange): Topic['next'] {
  let since = exchange.clock.marketNow() - 1
  let before = 0
  return () => {
    const now = exchange.clock.marketNow()
    const points = [...exchange.tape.pointsBetween(instrument.symbol, since, now)].slice(-mostTrades)
    since = now
    if (points.length === 0) return []
    const data = points.map(({ time, price }) => {
      const side = price < before ? 'Sell' : 'Buy'
      before = price
      return {
        T: time,
        s: wireSymbol(instrument.symbol),
        S: side,
        v: instrument.step.toString(),
        p: priceText(instrument, price),
        L: side === 'Buy' ? 'PlusTick' : 'MinusTick',
        i: executionIdOf(instrument.market, time),
        BT: false,
      }
    })
    return [{ type: 'snapshot', data }]
  }
}

/** The candle that forms, and the one before it once it is over. */
function candles(instrument: Instrument, exchange: Exchange, interval: string): Topic['next'] | undefined {
  const timeframe = timeframeOfInterval(interval)
  if (timeframe === undefined) return undefined
  const lengthMs = timeframeMs[timeframe]
  let told = ''
  return () => {
    const now = exchange.clock.marketNow()
    const shown = exchange.tape.candles(instrument.symbol, { timeframe, limit: 2 }, now).map((candle) => ({
      start: candle.time,
      end: candle.time + lengthMs - 1,
      interval,
      open: priceText(instrument, candle.open),
      close: priceText(instrument, candle.close),
      high: priceText(instrument, candle.high),
      low: priceText(instrument, candle.low),
      volume: candle.volume.toFixed(8),
      turnover: turnoverOf(candle).toFixed(8),
      confirm: candle.time + lengthMs <= now,
    }))
    const text = JSON.stringify(shown)
    if (text === told) return []
    const isNew = told !== '' && !told.includes(`"start":${shown.at(-1)?.start},`)
    told = text
    return [
      { type: 'snapshot', data: shown.slice(isNew ? -2 : -1).map((each) => ({ ...each, timestamp: now })) },
    ]
  }
}

/** The book, as a whole whenever a second has gone by: from one to the next all of it moves. */
function book(instrument: Instrument, exchange: Exchange, depth: number): Topic['next'] {
  let told = -1
  return () => {
    const data = orderBook(exchange, instrument, depth)
    if (data.seq === told) return []
    told = data.seq
    return [{ type: 'snapshot', data }]
  }
}
