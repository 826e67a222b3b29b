import { bare } from './exit-floor.ts'
import { type ExitMarket, firstSweepMs, grouped, longestMs, startsOf, sweepEveryMs } from './exit-market.ts'
import type { Swept } from './exit-ours.ts'

const none = 0
const closes = 1
const part = 2

/**
 * Positions as typed arrays, looked at in full only where the price has left [low, high]. Their prices are signed by the
 * side, so that one comparison serves both.
 */
export function sweepTypedArrays(market: ExitMarket, sweeps: number): Swept {
  const { prices, step } = market
  const positions = grouped(market)
  const book = bookOf(positions)
  const { low, high, until } = book
  const starts = startsOf(positions, prices.length)
  for (let i = 0; i < positions.length; i++) bound(book, i)
  let actions = 0
  let ms = 0
  for (let sweep = 0; sweep < sweeps; sweep++) {
    step()
    const now = firstSweepMs + sweep * sweepEveryMs
    const beganMs = performance.now()
    for (let symbol = 0; symbol < prices.length; symbol++) {
      const price = prices[symbol] as number
      const end = starts[symbol + 1] as number
      for (let i = starts[symbol] as number; i < end; i++) {
        if (price > (low[i] as number) && price < (high[i] as number) && now < (until[i] as number)) continue
        const action = evaluate(book, i, price, now)
        if (action !== none) actions += 1
        if (action === closes) {
          low[i] = Number.NEGATIVE_INFINITY
          high[i] = Number.POSITIVE_INFINITY
          until[i] = Number.POSITIVE_INFINITY
        } else bound(book, i)
      }
    }
    ms += performance.now() - beganMs
  }
  return { actions, evaluationsPerSecond: (positions.length * sweeps) / (ms / 1_000) }
}

type Book = ReturnType<typeof bookOf>

function bookOf(positions: ExitMarket['positions']) {
  const held = positions.map(bare)
  const signed = (pick: (one: (typeof held)[number]) => number) =>
    Float64Array.from(held, (one) => pick(one) * (one.side === 'long' ? 1 : -1))
  return {
    side: signed(() => 1),
    stop: signed(({ stop }) => stop),
    target: signed(({ target }) => target),
    trail: Float64Array.from(held, ({ trail }) => trail),
    peak: Float64Array.from(held, ({ peak }) => peak),
    // Three levels a position, and an end that no price reaches.
    levels: Float64Array.from(
      held.flatMap(({ side, levels }) => [
        ...levels.map(({ price }) => (side === 'long' ? price : -price)),
        Number.POSITIVE_INFINITY,
      ]),
    ),
    taken: new Uint8Array(held.length),
    until: Float64Array.from(held, ({ openedAtMs }) => openedAtMs + longestMs),
    low: new Float64Array(held.length),
    high: new Float64Array(held.length),
  }
}

function bound(book: Book, i: number): void {
  const side = book.side[i] as number
  let against = book.stop[i] as number
  let inFavour = Math.min(book.target[i] as number, nextLevel(book, i))
  if ((book.trail[i] as number) > 0) {
    against = Math.max(against, trailingStop(book, i))
    inFavour = Math.min(inFavour, (book.peak[i] as number) * side)
  }
  book.low[i] = side > 0 ? against : -inFavour
  book.high[i] = side > 0 ? inFavour : -against
}

function evaluate(book: Book, i: number, price: number, now: number): number {
  const side = book.side[i] as number
  const signed = price * side
  if (signed > (book.peak[i] as number) * side) book.peak[i] = price
  if (signed <= (book.stop[i] as number)) return closes
  if ((book.trail[i] as number) > 0 && signed <= trailingStop(book, i)) return closes
  if (signed >= (book.target[i] as number)) return closes
  if (now >= (book.until[i] as number)) return closes
  if (signed < nextLevel(book, i)) return none
  while (signed >= nextLevel(book, i)) book.taken[i] = (book.taken[i] as number) + 1
  return part
}

function trailingStop(book: Book, i: number): number {
  const side = book.side[i] as number
  return (Math.round((book.peak[i] as number) * (1 - side * (book.trail[i] as number)) * 100) / 100) * side
}

function nextLevel(book: Book, i: number): number {
  return book.levels[i * 4 + (book.taken[i] as number)] as number
}
