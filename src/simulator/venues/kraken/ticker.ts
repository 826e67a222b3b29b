import { bestPrices, levelsFor, type Side } from '../../core/book.ts'
import type { Instrument } from '../../core/instrument.ts'
import type { Call } from './call.ts'
import { lastDay } from './day.ts'
import { priceText } from './price-text.ts'

const tradeCost = 900 // of a trade, in the quote currency: the tape does not count trades

/** A pair as Ticker shows it: pairs of values are of today and of the last 24 hours. */
export function ticker({ exchange }: Call, instrument: Instrument) {
  const last = exchange.lastPrice(instrument)
  const { rolling, today } = lastDay(exchange, instrument, last)
  const { bid, ask } = bestPrices(instrument, last)
  const text = (price: number) => priceText(instrument, price)
  const trades = ({ volume, average }: typeof rolling) => Math.ceil((volume * average) / tradeCost)
  const offered = (taker: Side) => {
    const level = levelsFor(taker, instrument, last, exchange.clock.marketNow()).next().value
    return level?.size.toNumber() ?? 0
  }
  const side = (price: number, size: number) => [text(price), String(Math.ceil(size)), size.toFixed(3)]
  return {
    a: side(ask.toNumber(), offered('buy')),
    b: side(bid.toNumber(), offered('sell')),
    c: [text(last), instrument.step.toFixed(8)],
    v: [today.volume.toFixed(8), rolling.volume.toFixed(8)],
    p: [text(today.average), text(rolling.average)],
    t: [trades(today), trades(rolling)],
    l: [text(today.low), text(rolling.low)],
    h: [text(today.high), text(rolling.high)],
    o: text(today.open),
  }
}
