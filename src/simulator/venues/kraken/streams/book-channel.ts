import { crc32 } from 'node:zlib'
import { type Level, levelsFor } from '../../../core/book.ts'
import type { Exchange } from '../../../core/exchange.ts'
import type { Instrument } from '../../../core/instrument.ts'
import { type Subscription, stamp } from './message.ts'

const summedLevels = 10

interface Book {
  readonly asks: readonly Level[]
  readonly bids: readonly Level[]
}

/** The channel `book`: the best levels of both sides, then what changes in them, with a sum to check them by. */
export function bookChannel(exchange: Exchange, instrument: Instrument, depth: number): Subscription {
  const { symbol, market } = instrument
  const about = { market, symbol }
  let told: Book = { asks: [], bids: [] }
  const look = (): Book => {
    const now = exchange.clock.marketNow()
    const last = exchange.lastPrice(instrument)
    const side = (taker: 'buy' | 'sell') => [...levelsFor(taker, instrument, last, now)].slice(0, depth)
    return { asks: side('buy'), bids: side('sell') }
  }
  const newsOf = ({ asks, bids }: Book) => {
    const row = {
      symbol,
      asks: asks.map(rowOf),
      bids: bids.map(rowOf),
      checksum: checksumOf(told, instrument),
    }
    return [{ rows: [{ ...row, timestamp: stamp(exchange.clock.marketNow()) }], about }]
  }
  return {
    channel: 'book',
    snapshot() {
      told = look()
      return newsOf(told)
    },
    next() {
      const before = told
      told = look()
      const change = { asks: changes(before.asks, told.asks), bids: changes(before.bids, told.bids) }
      return change.asks.length + change.bids.length === 0 ? [] : newsOf(change)
    },
    stop: () => {},
  }
}

/** Levels that are new, have another size, or are gone: those have none. */
function changes(before: readonly Level[], now: readonly Level[]): Level[] {
  const kept = new Map(before.map(({ price, size }) => [price.toString(), size]))
  const left = new Set(now.map(({ price }) => price.toString()))
  const changed = now.filter(({ price, size }) => kept.get(price.toString())?.eq(size) !== true)
  const gone = before.filter(({ price }) => !left.has(price.toString()))
  return [...changed, ...gone.map(({ price, size }) => ({ price, size: size.minus(size) }))]
}

function rowOf({ price, size }: Level) {
  return { price: price.toNumber(), qty: size.toNumber() }
}

/** CRC-32 of the ten best asks and then bids, each its price and size without the point and the zeros before. */
function checksumOf({ asks, bids }: Book, { tick, step }: Instrument): number {
  const bare = (text: string) => text.replace('.', '').replace(/^0+/, '')
  const text = [...asks.slice(0, summedLevels), ...bids.slice(0, summedLevels)]
    .map(
      ({ price, size }) =>
        bare(price.toFixed(tick.decimalPlaces())) + bare(size.toFixed(step.decimalPlaces())),
    )
    .join('')
  return crc32(text)
}
