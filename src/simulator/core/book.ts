import { Decimal } from '../../domain/decimal.ts'
import { uniform } from '../tape/noise.ts'
import type { Instrument } from './instrument.ts'

export type Side = 'buy' | 'sell'

export interface Level {
  readonly price: Decimal
  readonly size: Decimal
}

const levels = 100
const growth = 0.5 // each level offers this much more of the first one's notional than the level before
const gap = 0.0001 // distance of neighbouring levels as a ratio of the price

/**
 * The levels a taker of this side would meet, best first: asks for a buyer, bids for a seller. They stand around the
 * tape's last price and are a function of it and of the second, so the same moment always has the same book.
 */
export function* levelsFor(
  taker: Side,
  instrument: Instrument,
  lastPrice: number,
  marketMs: number,
): Generator<Level> {
  const tick = instrument.tick.toNumber()
  const [bid, ask] = bestTicks(instrument, lastPrice)
  const step = Math.max(1, Math.round((lastPrice * gap) / tick))
  const second = Math.floor(marketMs / 1000)
  const lane = taker === 'buy' ? 7 : 8
  for (let index = 0; index < levels; index++) {
    const ticks = taker === 'buy' ? ask + index * step : bid - index * step
    if (ticks <= 0) return
    const notional = instrument.topOfBook * (1 + growth * index)
    const quantity = (notional * (0.7 + 0.6 * uniform(ticks, lane, index, second))) / (ticks * tick)
    const size = new Decimal(quantity).div(instrument.step).floor().times(instrument.step)
    if (size.gt(0)) yield { price: instrument.tick.times(ticks), size }
  }
}

/** Best bid and best ask around the last price. */
export function bestPrices(instrument: Instrument, lastPrice: number): { bid: Decimal; ask: Decimal } {
  const [bid, ask] = bestTicks(instrument, lastPrice)
  return { bid: instrument.tick.times(bid), ask: instrument.tick.times(ask) }
}

function bestTicks(instrument: Instrument, lastPrice: number): [bid: number, ask: number] {
  const tick = instrument.tick.toNumber()
  const spread = Math.max(1, Math.round((lastPrice * instrument.spread) / tick))
  const bid = Math.round(lastPrice / tick) - Math.ceil(spread / 2)
  return [bid, bid + spread]
}

/** One execution a taker gets from the book. */
export interface Take {
  readonly price: Decimal
  readonly quantity: Decimal
}

/** Walks the book for a quantity, no further than the limit. What the book does not offer is left out. */
export function walk(
  levels: Iterable<Level>,
  side: Side,
  quantity: Decimal,
  limit: Decimal | undefined,
): readonly Take[] {
  const takes: Take[] = []
  let remaining = quantity
  for (const { price, size } of levels) {
    if (limit !== undefined && (side === 'buy' ? price.gt(limit) : price.lt(limit))) break
    const part = Decimal.min(size, remaining)
    takes.push({ price, quantity: part })
    remaining = remaining.minus(part)
    if (remaining.lte(0)) break
  }
  return takes
}

/** The whole steps of quantity that can be bought or sold for an amount of quote currency. */
export function quantityFor(levels: Iterable<Level>, quote: Decimal, step: Decimal): Decimal {
  let [left, quantity] = [quote, new Decimal(0)]
  for (const { price, size } of levels) {
    const cost = price.times(size)
    if (cost.gte(left)) return quantity.plus(left.div(price)).div(step).floor().times(step)
    left = left.minus(cost)
    quantity = quantity.plus(size)
  }
  return quantity
}
