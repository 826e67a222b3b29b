import { bestPrices, levelsFor, type Side } from '../../../core/book.ts'
import type { Exchange } from '../../../core/exchange.ts'
import type { Instrument } from '../../../core/instrument.ts'
import { lastDay } from '../day.ts'
import { type Subscription, stamp } from './message.ts'

/** The channel `ticker`: best prices, the last one and 24 hours, whenever the price has changed. */
export function tickerChannel(exchange: Exchange, instrument: Instrument): Subscription {
  const about = { market: instrument.market, symbol: instrument.symbol }
  let last = Number.NaN
  const told = () => {
    last = exchange.lastPrice(instrument)
    return [{ rows: [rowOf(exchange, instrument, last)], about }]
  }
  return {
    channel: 'ticker',
    snapshot: told,
    next: () => (exchange.lastPrice(instrument) === last ? [] : told()),
    stop: () => {},
  }
}

function rowOf(exchange: Exchange, instrument: Instrument, last: number) {
  const now = exchange.clock.marketNow()
  const { rolling } = lastDay(exchange, instrument, last)
  const { bid, ask } = bestPrices(instrument, last)
  const offered = (taker: Side) => levelsFor(taker, instrument, last, now).next().value?.size.toNumber() ?? 0
  const change = last - rolling.open
  return {
    symbol: instrument.symbol,
    bid: bid.toNumber(),
    bid_qty: offered('sell'),
    ask: ask.toNumber(),
    ask_qty: offered('buy'),
    last,
    volume: rolling.volume,
    vwap: rolling.average,
    low: rolling.low,
    high: rolling.high,
    change,
    change_pct: Number(((change / rolling.open) * 100).toFixed(2)),
    timestamp: stamp(now),
  }
}
