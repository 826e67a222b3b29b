import { type Candle, type Timeframe, timeframeMs } from '../domain/candle.ts'
import { correlationHours } from '../domain/entries/correlation.ts'
import { HourReader, type MarketNumbers } from '../domain/market/market-numbers.ts'
import type { MarketFilters } from '../domain/market-filters.ts'
import type { Appetite } from '../domain/strategies/strategy.ts'
import { CandleLadder } from './candle-ladder.ts'
import { type CandleFeed, Cursor } from './cursor.ts'
import type { Funding } from './funding-file.ts'
import type { OpenPosition } from './open-position.ts'
import type { FileSignal } from './signal-origin.ts'
import type { SymbolRecord } from './source-record.ts'

/** A symbol's recorded market, as a run is given it. */
export interface RecordedMarket {
  readonly symbol: string
  readonly filters: MarketFilters
  /** Length of the candles that are walked. */
  readonly stepMs: number
  readonly candles: CandleFeed
  /** Recorded longer candles, for the slow indicators: history from before the first candle. */
  readonly longer: readonly {
    readonly timeframe: Timeframe
    readonly stepMs: number
    readonly candles: CandleFeed
  }[]
  /** Shorter candles of the same time, for the path inside a candle. */
  readonly detail?: { readonly stepMs: number; readonly candles: CandleFeed }
  readonly funding?: readonly Funding[]
}

/** Told of each candle of a track that closes, in every length that is made. */
export type OnTrackClose = (track: Track, candle: Candle, timeframe: Timeframe) => void

/** What is made of a track's candles, and who hears of it. */
export interface TrackReads {
  /** Closed candles of each length that are to be had at any time, beside the hours that decisions read. */
  readonly keeps: Appetite
  readonly record: SymbolRecord
  readonly onClose?: OnTrackClose
}

/** Hours that are kept: a correlation reads so many returns, the market's safety fewer. */
const hoursKept = correlationHours + 1

/** A symbol of the run: where its candles are, what has been made of them, and its last price. */
export class Track {
  readonly symbol: string
  readonly filters: MarketFilters
  readonly stepMs: number
  readonly cursor: Cursor
  readonly detail: { readonly stepMs: number; readonly cursor: Cursor } | undefined
  readonly longer: readonly {
    readonly timeframe: Timeframe
    readonly stepMs: number
    readonly cursor: Cursor
  }[]
  readonly ladder: CandleLadder
  readonly lists: Partial<Record<Timeframe, readonly Candle[]>>
  readonly funding: readonly Funding[]
  fundedTo = 0
  /** Last price. */
  price = Number.NaN
  firstPrice = Number.NaN
  /** Close of the candle that is being walked; NaN when none is. */
  closeMs = Number.NaN
  /** The position that is open, if one is. */
  position: OpenPosition | undefined
  /** How the source did here. */
  readonly record: SymbolRecord
  /** Rows of a signal file about this symbol, and how many of them have been heard. */
  rows: readonly FileSignal[] = []
  heard = 0
  readonly #reader = new HourReader()
  readonly #before = { openTimeMs: Number.NEGATIVE_INFINITY, close: Number.NaN }
  #openMs = Number.NEGATIVE_INFINITY

  constructor(market: RecordedMarket, reads: TrackReads) {
    this.symbol = market.symbol
    this.filters = market.filters
    this.stepMs = market.stepMs
    this.cursor = new Cursor(market.candles)
    this.detail = market.detail && { stepMs: market.detail.stepMs, cursor: new Cursor(market.detail.candles) }
    this.longer = market.longer.map(({ timeframe, stepMs, candles }) => ({
      timeframe,
      stepMs,
      cursor: new Cursor(candles),
    }))
    this.funding = market.funding ?? []
    this.record = reads.record
    this.ladder = new CandleLadder(keepsOf(reads.keeps, market.stepMs), (candle, timeframe) => {
      if (timeframe === '1h') this.#reader.next(candle)
      reads.onClose?.(this, candle, timeframe)
    })
    this.lists = this.ladder.lists
  }

  /** The next candle begins. Returns its first price. */
  open(nowMs: number): number {
    const { cursor, detail } = this
    const price = cursor.block.open[cursor.at] as number
    this.#before.openTimeMs = this.#openMs
    this.#before.close = this.price
    this.price = price
    this.#openMs = nowMs
    this.closeMs = nowMs + this.stepMs
    if (this.longer.length > 0) this.#admitLonger(nowMs)
    if (detail !== undefined) while (detail.cursor.timeMs < nowMs) detail.cursor.advance()
    this.ladder.settle(nowMs)
    return price
  }

  /** The candle is over, and longer ones with it. True when the feed has to be read on. */
  close(nowMs: number): boolean {
    const { cursor, detail } = this
    const { block, at } = cursor
    const close = block.close[at] as number
    this.price = close
    this.closeMs = Number.NaN
    this.ladder.take(
      this.#openMs,
      nowMs,
      block.open[at] as number,
      block.high[at] as number,
      block.low[at] as number,
      close,
      block.volume[at] as number,
    )
    let isWaiting = cursor.advance()
    if (detail !== undefined)
      while (detail.cursor.timeMs < nowMs) if (detail.cursor.advance()) isWaiting = true
    return isWaiting || !this.#isReady
  }

  /** The price in the candle being walked that is worst for a position; its stop where that is on the way. */
  worstPrice({ isLong, stopPrice }: OpenPosition): number {
    const { block, at } = this.cursor
    const [low, high] = [block.low[at] as number, block.high[at] as number]
    if (isLong) return stopPrice === null ? low : Math.max(low, Math.min(stopPrice, this.price))
    return stopPrice === null ? high : Math.min(high, Math.max(stopPrice, this.price))
  }

  /** The lowest price of the candle that is being walked. */
  get low(): number {
    return this.cursor.block.low[this.cursor.at] as number
  }

  /** The highest price of the candle that is being walked. */
  get high(): number {
    return this.cursor.block.high[this.cursor.at] as number
  }

  /** The candle that is being walked. */
  candle(): Candle {
    return rowOf(this.cursor)
  }

  /** The candle before it, of which only the close is known. */
  before(): Candle {
    const { openTimeMs, close } = this.#before
    return { openTimeMs, open: close, high: close, low: close, close, volume: 0 }
  }

  /** Goes through what was recorded beside before the next candle opens; true when that takes more than has been read. */
  catchUp(): boolean {
    if (!Number.isNaN(this.closeMs) || !this.cursor.hasRow) return false
    const { detail } = this
    this.#admitLonger(this.cursor.timeMs)
    if (detail !== undefined) while (detail.cursor.timeMs < this.cursor.timeMs) detail.cursor.advance()
    return !this.#isReady
  }

  /** When something happens here next: the candle that is being walked closes, or the next one opens before `toMs`. */
  nextMs(toMs: number): number {
    if (!Number.isNaN(this.closeMs)) return this.closeMs
    const opensMs = this.cursor.timeMs
    return opensMs < toMs ? opensMs : Number.POSITIVE_INFINITY
  }

  /** Every place in a feed that the track reads. */
  get cursors(): Cursor[] {
    return [
      this.cursor,
      ...(this.detail ? [this.detail.cursor] : []),
      ...this.longer.map(({ cursor }) => cursor),
    ]
  }

  /** Closed candles of 1 h, oldest first. */
  get hours(): readonly Candle[] {
    return this.lists['1h'] ?? []
  }

  /** Closed candles of 5 m, oldest first. */
  get fives(): readonly Candle[] {
    return this.lists['5m'] ?? []
  }

  /** What decisions know of the market now. */
  numbers(): MarketNumbers {
    return this.#reader.numbers(this.symbol, this.price)
  }

  get #isReady(): boolean {
    const { detail } = this
    return (
      (detail === undefined || detail.cursor.isReady) && this.longer.every(({ cursor }) => cursor.isReady)
    )
  }

  /** Lets the longer recorded candles in that have closed at `nowMs`, the shortest first. */
  #admitLonger(nowMs: number): void {
    for (const { timeframe, stepMs, cursor } of this.longer)
      for (; cursor.timeMs + stepMs <= nowMs; cursor.advance()) this.ladder.put(timeframe, rowOf(cursor))
  }
}

function rowOf({ block, at }: Cursor): Candle {
  return {
    openTimeMs: block.time[at] as number,
    open: block.open[at] as number,
    high: block.high[at] as number,
    low: block.low[at] as number,
    close: block.close[at] as number,
    volume: block.volume[at] as number,
  }
}

/** The hours, and what is asked for on top; only lengths that whole walked candles make up. */
function keepsOf(wanted: Appetite, stepMs: number): Map<Timeframe, number> {
  const counts = { ...wanted, '1h': Math.max(hoursKept, wanted['1h'] ?? 0) }
  const keeps = Object.entries(counts) as [Timeframe, number][]
  return new Map(keeps.filter(([timeframe]) => timeframeMs[timeframe] % stepMs === 0))
}
