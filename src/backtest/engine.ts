import { smartExitCandles } from '../domain/exits/smart-exit.ts'
import { setupWindows } from '../domain/learning/setup-features.ts'
import type { Appetite } from '../domain/strategies/strategy.ts'
import { Books } from './books.ts'
import type { Leave } from './candle-path.ts'
import { Decisions } from './decisions.ts'
import type { EquityCurve } from './equity-curve.ts'
import { EquityRecord } from './equity-record.ts'
import { MarginWatch } from './margin-watch.ts'
import { PositionWatch } from './position-watch.ts'
import type { BacktestRun, SkippedSignal } from './result.ts'
import { SignalIntake } from './signal-intake.ts'
import type { SignalOrigin } from './signal-origin.ts'
import { SkippedSignals } from './skipped-signals.ts'
import { SourceRecord } from './source-record.ts'
import type { RunTerms } from './terms.ts'
import { type RecordedMarket, Track } from './track.ts'

/** What a run is made of. */
export interface RunPlan {
  readonly terms: RunTerms
  readonly markets: readonly RecordedMarket[]
  readonly origin: SignalOrigin
  /** Nothing is decided before it: what comes earlier is history. */
  readonly fromMs?: number
  /** Candles that open at it or later are not looked at. */
  readonly toMs?: number
}

/**
 * The rules over candles, moment by moment and without a clock. At each moment first the candles that end there are walked,
 * closed and shown to the strategy; then those that begin there open: funding is paid, exits that are due at the open leave,
 * and the live signals are decided on, oldest first, each against what the ones before it took. So a signal of one candle
 * enters at the open of the next, at whose price it is decided, and nothing is known of a candle that has not ended but its
 * first price.
 */
export class Engine {
  readonly #tracks: readonly Track[]
  readonly #positions: PositionWatch
  readonly #margin: MarginWatch | undefined
  readonly #intake: SignalIntake
  readonly #decisions: Decisions
  readonly #equity: EquityRecord
  readonly #skipped = new SkippedSignals()
  readonly #fromMs: number
  readonly #toMs: number
  readonly books: Books
  candles = 0
  firstMs = Number.NaN
  lastMs = Number.NaN
  #isWaiting = false

  constructor(plan: RunPlan) {
    const { terms, origin } = plan
    this.#fromMs = plan.fromMs ?? Number.NEGATIVE_INFINITY
    this.#toMs = plan.toMs ?? Number.POSITIVE_INFINITY
    const books = new Books(terms)
    const record = new SourceRecord()
    const intake = new SignalIntake(origin, this.#skipped)
    const keeps = keepsOf(plan)
    this.#tracks = plan.markets.map((market) => {
      const track = new Track(market, { keeps, record: record.on(), onClose: intake.listener() })
      if (origin.kind === 'file') track.rows = origin.rows.filter(({ symbol }) => symbol === market.symbol)
      return track
    })
    const tracks = new Map(this.#tracks.map((track) => [track.symbol, track]))
    const equity = new EquityRecord(terms, books, (symbol) => tracks.get(symbol)?.price ?? Number.NaN)
    const leave: Leave = (position, exit, timeMs) => books.leave(position, exit, timeMs)
    this.#positions = new PositionWatch(terms, books, leave)
    this.#margin = terms.market === 'futures' ? new MarginWatch(books, this.#tracks, leave) : undefined
    this.#decisions = new Decisions({ terms, books, tracks, intake, record, equity, skipped: this.#skipped })
    this.#intake = intake
    this.#equity = equity
    this.books = books
  }

  /** Runs to the end of the candles. `onProgress` hears of the market's time every few thousand candles. */
  async run(onProgress?: (timeMs: number) => void): Promise<void> {
    const cursors = this.#tracks.flatMap((track) => track.cursors)
    try {
      for (;;) {
        for (const cursor of cursors) if (!cursor.isReady) await cursor.refill()
        if (this.#tracks.some((track) => track.catchUp())) continue
        if (!this.#runWhileReady()) break
        onProgress?.(this.lastMs)
      }
    } finally {
      for (const cursor of cursors) await cursor.close()
    }
    for (const track of this.#tracks) this.#abandon(track)
    this.#noteEquity(this.lastMs)
    this.#intake.tellUnheard(this.#tracks)
  }

  /** The first and the last price of each symbol. */
  get symbols(): BacktestRun['symbols'] {
    return this.#tracks.map(({ symbol, firstPrice: first, price: last }) => ({ symbol, first, last }))
  }

  /** What the account was worth. */
  get curve(): EquityCurve {
    return this.#equity.curve
  }

  /** What was not acted on, in the order of its time once the run is over. */
  get skipped(): readonly SkippedSignal[] {
    return this.#skipped.list
  }

  /** Goes on until a feed has to be read; false when there is nothing more. */
  #runWhileReady(): boolean {
    const tracks = this.#tracks
    const toMs = this.#toMs
    this.#isWaiting = false
    while (!this.#isWaiting) {
      let nowMs = Number.POSITIVE_INFINITY
      for (const track of tracks) {
        const nextMs = track.nextMs(toMs)
        if (nextMs < nowMs) nowMs = nextMs
      }
      if (nowMs === Number.POSITIVE_INFINITY) return false
      this.#moment(nowMs)
    }
    return true
  }

  #moment(nowMs: number): void {
    const tracks = this.#tracks
    const { positions } = this.books
    if (this.#margin !== undefined && positions.size > 0) this.#margin.judgeWorst(nowMs)
    let isClosing = false
    for (const track of tracks)
      if (track.closeMs === nowMs) {
        this.#close(track, nowMs)
        isClosing = true
      }
    if (isClosing) this.#intake.sayHeard(nowMs)
    if (isClosing && (positions.size > 0 || this.curve.isDue(nowMs))) this.#noteEquity(nowMs)
    if (nowMs >= this.#toMs) return
    let isOpening = false
    for (const track of tracks)
      if (track.cursor.timeMs === nowMs) {
        this.#open(track, nowMs)
        isOpening = true
      }
    if (!isOpening) return
    if (this.#margin !== undefined && positions.size > 0) this.#margin.judgeOpens(nowMs)
    if (!this.#intake.book.isEmpty && nowMs >= this.#fromMs) this.#decisions.decideAll(nowMs)
  }

  /** A candle begins: its first price is known, and nothing else. */
  #open(track: Track, nowMs: number): void {
    const price = track.open(nowMs)
    if (nowMs >= this.#fromMs && !(track.firstPrice > 0)) this.#begin(track, price, nowMs)
    if (track.position !== undefined) this.#positions.open(track, track.position, nowMs)
  }

  #begin(track: Track, price: number, nowMs: number): void {
    track.firstPrice = price
    if (!Number.isNaN(this.firstMs)) return
    this.firstMs = nowMs
    this.#noteEquity(nowMs)
  }

  /** A candle ends: it is walked, and everything made from it is brought up to date. */
  #close(track: Track, nowMs: number): void {
    const { position, cursor } = track
    const openMs = cursor.timeMs
    if (position !== undefined && !this.#positions.walk(track, position, openMs, nowMs))
      track.position = undefined
    if (track.record.dueMs <= nowMs) track.record.take(track.candle(), nowMs, track.before())
    this.candles += 1
    this.lastMs = nowMs
    if (track.close(nowMs)) this.#isWaiting = true
    if (track.position !== undefined) this.#positions.review(track, track.position, nowMs)
    if (track.rows.length > 0) this.#intake.hear(track, openMs, nowMs)
  }

  /** Sells what the end of the run finds open, at the symbol's last price: that a symbol's own candles end earlier is not known before. */
  #abandon(track: Track): void {
    if (track.position !== undefined) this.books.abandon(track.position, track.price, this.lastMs)
    track.position = undefined
  }

  #noteEquity(nowMs: number): void {
    if (nowMs >= this.#fromMs) this.#equity.note(nowMs)
  }
}

/** Closed candles that the strategy wants, and those that SmartExit and the ML filter read. */
function keepsOf({ origin, terms }: RunPlan): Appetite {
  const wanted: Appetite = origin.kind === 'strategy' ? origin.strategy.history : {}
  const { smartExit, mlFilter } = terms.settings
  const fives = [smartExit ? smartExitCandles : 0, mlFilter ? setupWindows['5m'] : 0, wanted['5m'] ?? 0]
  return smartExit || mlFilter ? { ...wanted, '5m': Math.max(...fives) } : wanted
}
