import type { CandleBlock } from '../candles/candle-block.ts'

/** Candles as they come: blocks from a file, a venue or memory, in time order. */
export type CandleFeed = AsyncIterable<CandleBlock> | Iterable<CandleBlock>

const nothing: CandleBlock = {
  length: 0,
  time: new Float64Array(0),
  open: new Float64Array(0),
  high: new Float64Array(0),
  low: new Float64Array(0),
  close: new Float64Array(0),
  volume: new Float64Array(0),
}

/**
 * A place in a feed. Rows are read by `block` and `at`; one more block is read ahead, so that a step which needs several rows
 * never has to wait in its middle. Two blocks are in memory, however long the feed is.
 */
export class Cursor {
  readonly #feed: AsyncIterator<CandleBlock> | Iterator<CandleBlock>
  #next: CandleBlock | undefined
  #isRead = false
  block: CandleBlock = nothing
  at = 0
  /** Opening time of the row here; Infinity after the last one. */
  timeMs = Number.POSITIVE_INFINITY

  constructor(feed: CandleFeed) {
    this.#feed = Symbol.asyncIterator in feed ? feed[Symbol.asyncIterator]() : feed[Symbol.iterator]()
  }

  /** Whether there is a row here. */
  get hasRow(): boolean {
    return this.at < this.block.length
  }

  /** Whether a whole block lies ahead, or nothing more comes. */
  get isReady(): boolean {
    return this.#next !== undefined || this.#isRead
  }

  /** Goes on to the next row. True when a new block was begun, so that the one after it has to be read. */
  advance(): boolean {
    const at = ++this.at
    if (at < this.block.length) {
      this.timeMs = this.block.time[at] as number
      return false
    }
    const next = this.#next
    this.#next = undefined
    if (next !== undefined) this.#begin(next)
    else this.timeMs = Number.POSITIVE_INFINITY
    return next !== undefined
  }

  /** Reads ahead until ready. */
  async refill(): Promise<void> {
    while (!this.isReady) {
      const { value, done } = await this.#feed.next()
      if (done) this.#isRead = true
      else if (value.length > 0 && this.hasRow) this.#next = value
      else if (value.length > 0) this.#begin(value)
    }
  }

  #begin(block: CandleBlock): void {
    this.block = block
    this.at = 0
    this.timeMs = block.time[0] as number
  }

  /** Lets go of the feed before its end. */
  async close(): Promise<void> {
    await this.#feed.return?.()
  }
}
