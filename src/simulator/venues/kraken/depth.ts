import { levelsFor, type Side } from '../../core/book.ts'
import { type Call, instrumentOf } from './call.ts'
import { pairOf } from './pair.ts'
import { priceText } from './price-text.ts'

/** The book around the price, best levels first: price, volume, and when it came to stand so (seconds). */
export function depth(call: Call) {
  const { parameters, exchange } = call
  const instrument = instrumentOf(call)
  const count = Math.min(parameters.findInteger('count') ?? 100, 500)
  const now = exchange.clock.marketNow()
  const last = exchange.lastPrice(instrument)
  const side = (taker: Side) =>
    [...levelsFor(taker, instrument, last, now)]
      .slice(0, count)
      .map(({ price, size }) => [
        priceText(instrument, price.toNumber()),
        size.toFixed(8),
        Math.floor(now / 1000),
      ])
  return { [pairOf(instrument.symbol).id]: { asks: side('buy'), bids: side('sell') } }
}
