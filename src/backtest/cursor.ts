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

  constructor(feed: CandleFeed) {
    this.#feed = Symbol.asyncIterator in feed ? feed[Symbol.asyncIterator]() : feed[Symbol.iterator]()
  }

  /** Whether there is a row here. */
  get hasRow(): boolean {
    return this.at < this.block.length
  }

  /** Opening time of the row here; Infinity after the last one. */
  get timeMs(): number {
    return this.at < this.block.length ? (this.block.time[this.at] as number) : Number.POSITIVE_INFINITY
  }

  /** Whether a whole block lies ahead, or nothing more comes. */
  get isReady(): boolean {
    return this.#next !== undefined || this.#isRead
  }

  /** Goes on to the next row. */
  advance(): void {
    this.at++
    if (this.at < this.block.length || this.#next === undefined) return
    this.block = this.#next
    this.#next = undefined
    this.at = 0
  }

  /** Reads ahead until ready. */
  async refill(): Promise<void> {
    while (!this.isReady) {
      const { value, done } = await this.#feed.next()
      if (done) this.#isRead = true
      else if (value.length > 0 && this.hasRow) this.#next = value
      else if (value.length > 0) {
        this.block = value
        this.at = 0
      }
    }
  }

  /** Lets go of the feed before its end. */
  async close(): Promise<void> {
    await this.#feed.return?.()
  }
}
