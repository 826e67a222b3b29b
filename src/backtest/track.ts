import { type Candle, type Timeframe, timeframeMs } from '../domain/candle.ts'
import { type MarketNumbers, readMarketNumbers } from '../domain/market/market-numbers.ts'
import type { MarketFilters } from '../domain/market-filters.ts'
import type { Appetite } from '../domain/strategies/strategy.ts'
import { CandleLadder } from './candle-ladder.ts'
import { type CandleFeed, Cursor } from './cursor.ts'
import type { Funding } from './funding-file.ts'

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

/** Hours that decisions read, as live: 30 days for the regime's percentile, and the ATR's first period before them. */
const hoursRead = 735

/** How many closed 5 m candles SmartExit looks back on. */
const fivesRead = 120

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
  #numbers: MarketNumbers | undefined
  #numbersHourMs = Number.NaN

  constructor(market: RecordedMarket, wanted: Appetite, onClose?: OnTrackClose) {
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
    this.ladder = new CandleLadder(keepsOf(wanted, market.stepMs), (candle, timeframe) =>
      onClose?.(this, candle, timeframe),
    )
    this.lists = this.ladder.lists
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

  /** What decisions know of the market now; read once per closed hour. */
  numbers(): MarketNumbers {
    const hourMs = this.hours.at(-1)?.openTimeMs ?? 0
    if (this.#numbers === undefined || this.#numbersHourMs !== hourMs) {
      const candles = { '1h': this.hours.slice(-hoursRead) }
      this.#numbers = readMarketNumbers({ symbol: this.symbol, nowMs: hourMs, candles }, this.price)
      this.#numbersHourMs = hourMs
    }
    if (this.#numbers.price !== this.price) this.#numbers = { ...this.#numbers, price: this.price }
    return this.#numbers
  }

  /** Lets the longer recorded candles in that have closed at `nowMs`, the shortest first. */
  admitLonger(nowMs: number): void {
    for (const { timeframe, stepMs, cursor } of this.longer)
      while (cursor.hasRow && cursor.timeMs + stepMs <= nowMs) {
        const { block, at } = cursor
        this.ladder.put(timeframe, {
          openTimeMs: block.time[at] as number,
          open: block.open[at] as number,
          high: block.high[at] as number,
          low: block.low[at] as number,
          close: block.close[at] as number,
          volume: block.volume[at] as number,
        })
        cursor.advance()
      }
  }
}

/** What the rules read, and what the strategy asks for on top; only lengths that whole walked candles make up. */
function keepsOf(wanted: Appetite, stepMs: number): Map<Timeframe, number> {
  const keeps = new Map<Timeframe, number>([
    ['1h', hoursRead],
    ['5m', fivesRead],
  ])
  for (const [timeframe, count] of Object.entries(wanted) as [Timeframe, number][])
    keeps.set(timeframe, Math.max(count, keeps.get(timeframe) ?? 0))
  return new Map([...keeps].filter(([timeframe]) => timeframeMs[timeframe] % stepMs === 0))
}
