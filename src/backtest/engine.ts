import { timeframeMs } from '../domain/candle.ts'
import { Decimal } from '../domain/decimal.ts'
import { decide } from '../domain/entries/decide.ts'
import type { Decision } from '../domain/entries/decision.ts'
import { evaluateExit } from '../domain/exits/evaluate.ts'
import { exitRulesFor } from '../domain/exits/exit-rules.ts'
import { reevaluate } from '../domain/exits/reevaluate.ts'
import { smartExit, smartExitCandles } from '../domain/exits/smart-exit.ts'
import { type MarketSafety, readSafety } from '../domain/market/safety.ts'
import { entrySide } from '../domain/side.ts'
import { signalLifetimeMs } from '../domain/signal.ts'
import type { Appetite } from '../domain/strategies/strategy.ts'
import { Books } from './books.ts'
import { atOpen, type Leave, walkCandle } from './candle-path.ts'
import { EquityCurve } from './equity-curve.ts'
import { judgeAccount, liquidatedOnTheWay } from './margin.ts'
import type { OpenPosition } from './open-position.ts'
import { Question } from './question.ts'
import type { BacktestRun, SkippedSignal } from './result.ts'
import { type LiveSignal, SignalBook } from './signal-book.ts'
import type { FileSignal, SignalOrigin } from './signal-origin.ts'
import { SourceRecord } from './source-record.ts'
import { type RunTerms, slipped } from './terms.ts'
import { type OnTrackClose, type RecordedMarket, Track } from './track.ts'

const fiveMs = 300_000
const hourMs = 3_600_000
const equityEveryMs = 60_000

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
 *
 * A signal lives as in the cluster (`SignalBook`), and one that was refused is decided again while it lives, at
 * the first open after each cycle of the profile (300 s in `ase`, 15 s in `pro`).
 * What a strategy says lives three of its candles, or as long as that source's signals live, but never less than a candle;
 * a row of a file lives an hour from the close of its candle, and never less than a candle.
 */
export class Engine {
  readonly #plan: RunPlan
  readonly #terms: RunTerms
  readonly #tracks: ReadonlyMap<string, Track>
  readonly #list: readonly Track[]
  readonly #signals = new SignalBook()
  readonly #record = new SourceRecord()
  /** Rows of a file that the candles of this close hold. */
  #heard: { readonly row: FileSignal; readonly lifeMs: number }[] = []
  /** Rows of a file that nothing was decided on yet. */
  readonly #undecided = new Set<LiveSignal>()
  readonly #leave: Leave
  #equity: { atMs: number; equity: number }[] = []
  readonly #fromMs: number
  readonly books: Books
  readonly curve: EquityCurve
  readonly skipped: SkippedSignal[] = []
  candles = 0
  firstMs = Number.NaN
  lastMs = Number.NaN
  #safety: { readonly hourMs: number; readonly reading: MarketSafety | undefined } | undefined
  #positions = 0
  #isWaiting = false
  #halvedAtMs: number | undefined

  constructor(plan: RunPlan) {
    this.#plan = plan
    this.#terms = plan.terms
    this.#fromMs = plan.fromMs ?? Number.NEGATIVE_INFINITY
    this.books = new Books(plan.terms)
    this.curve = new EquityCurve(plan.terms.capital)
    this.#leave = (position, exit, timeMs) => this.books.leave(position, exit, timeMs)
    const { origin } = plan
    const wanted: Appetite = origin.kind === 'strategy' ? origin.strategy.history : {}
    const fives = Math.max(smartExitCandles, wanted['5m'] ?? 0)
    const keeps = plan.terms.settings.smartExit ? { ...wanted, '5m': fives } : wanted
    this.#list = plan.markets.map((market) => {
      const onClose = origin.kind === 'strategy' ? this.#listener(origin) : undefined
      const track = new Track(market, { keeps, record: this.#record.on(), onClose })
      if (origin.kind === 'file') track.rows = origin.rows.filter(({ symbol }) => symbol === market.symbol)
      return track
    })
    this.#tracks = new Map(this.#list.map((track) => [track.symbol, track]))
  }

  /** Runs to the end of the candles. `onProgress` hears of the market's time every few thousand candles. */
  async run(onProgress?: (timeMs: number) => void): Promise<void> {
    const cursors = this.#list.flatMap((track) => track.cursors)
    try {
      for (;;) {
        for (const cursor of cursors) if (!cursor.isReady) await cursor.refill()
        if (this.#list.some((track) => track.catchUp())) continue
        if (!this.#runWhileReady()) break
        onProgress?.(this.lastMs)
      }
    } finally {
      for (const cursor of cursors) await cursor.close()
    }
    for (const track of this.#list) this.#abandon(track)
    this.#noteEquity(this.lastMs)
    this.#tellAllUnheard()
  }

  /** The first and the last price of each symbol. */
  get symbols(): BacktestRun['symbols'] {
    return this.#list.map(({ symbol, firstPrice: first, price: last }) => ({ symbol, first, last }))
  }

  /** Goes on until a feed has to be read; false when there is nothing more. */
  #runWhileReady(): boolean {
    const tracks = this.#list
    const toMs = this.#plan.toMs ?? Number.POSITIVE_INFINITY
    this.#isWaiting = false
    while (!this.#isWaiting) {
      let nowMs = Number.POSITIVE_INFINITY
      for (const track of tracks) {
        const nextMs = track.nextMs(toMs)
        if (nextMs < nowMs) nowMs = nextMs
      }
      if (nowMs === Number.POSITIVE_INFINITY) return false
      this.#moment(nowMs, toMs)
    }
    return true
  }

  #moment(nowMs: number, toMs: number): void {
    const tracks = this.#list
    const hasMargin = this.#terms.market === 'futures'
    if (hasMargin && this.books.positions.size > 0) this.#judgeWorst(nowMs)
    let isClosing = false
    for (const track of tracks)
      if (track.closeMs === nowMs) {
        this.#close(track, nowMs)
        isClosing = true
      }
    if (this.#heard.length > 0) this.#sayHeard(nowMs)
    if (isClosing && (this.books.positions.size > 0 || this.curve.isDue(nowMs))) this.#noteEquity(nowMs)
    if (nowMs >= toMs) return
    let isOpening = false
    for (const track of tracks)
      if (track.cursor.timeMs === nowMs) {
        this.#open(track, nowMs)
        isOpening = true
      }
    if (isOpening && hasMargin && this.books.positions.size > 0) this.#judgeMargin(nowMs)
    if (isOpening && !this.#signals.isEmpty && nowMs >= this.#fromMs) this.#decideAll(nowMs)
  }

  /** A candle begins: its first price is known, and nothing else. */
  #open(track: Track, nowMs: number): void {
    const price = track.open(nowMs)
    if (nowMs >= this.#fromMs && !(track.firstPrice > 0)) this.#begin(track, price, nowMs)
    const { position } = track
    if (position === undefined) return
    if (track.funding.length > 0) this.#fund(track, position, nowMs)
    const hints = position.smartExit === undefined ? undefined : { smartExit: position.smartExit }
    position.smartExit = undefined
    if (atOpen(position, price, nowMs, this.#leave, hints)) position.noteStop(nowMs)
    else track.position = undefined
  }

  /** Judges the account's margin at the opens of now, as the monitor does at each look. */
  #judgeMargin(nowMs: number): void {
    const tracks = this.#list.filter(({ position }) => position !== undefined)
    const positions = tracks.map(({ position, price }) => ({ position: position as OpenPosition, price }))
    const { cashNumber: collateral } = this.books
    const plan = judgeAccount({ collateral, positions, halvedAtMs: this.#halvedAtMs, nowMs })
    for (const track of tracks) {
      const id = track.position?.state.positionId ?? ''
      if (track.cursor.timeMs !== nowMs) continue
      if (plan.halve === id) this.#halvedAtMs = nowMs
      if (plan.close.includes(id)) this.#liquidate(track, track.price, nowMs, 'close')
      else if (plan.halve === id) this.#liquidate(track, track.price, nowMs, 'halve')
    }
  }

  /** Before the candles that end now are walked: whether their worst prices, stops in between, take the account with them. */
  #judgeWorst(nowMs: number): void {
    const positions = this.#list.flatMap((track) => {
      const { position, price: fromPrice } = track
      if (position === undefined) return []
      const isEnding = track.closeMs === nowMs
      return [{ position, fromPrice, worstPrice: isEnding ? track.worstPrice(position) : fromPrice }]
    })
    const { cashNumber: collateral } = this.books
    for (const { position, price } of liquidatedOnTheWay({ collateral, positions, nowMs }) ?? []) {
      const track = this.#tracks.get(position.state.symbol)
      if (track?.closeMs === nowMs) this.#liquidate(track, price, track.cursor.timeMs, 'close')
    }
  }

  #liquidate(track: Track, price: number, timeMs: number, liquidation: 'close' | 'halve'): void {
    const { position } = track
    const exit = position && evaluateExit(position.state, price, timeMs, position.rules, { liquidation })
    if (position && exit && !this.#leave(position, exit, timeMs)) track.position = undefined
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
    if (position !== undefined && !this.#walk(track, position, openMs, nowMs)) track.position = undefined
    if (track.record.dueMs <= nowMs) track.record.take(track.candle(), nowMs, track.before())
    this.candles += 1
    this.lastMs = nowMs
    if (track.close(nowMs)) this.#isWaiting = true
    if (track.position !== undefined) this.#review(track, track.position, nowMs)
    if (track.rows.length > 0) this.#hearFile(track, openMs, nowMs)
  }

  /** False when the position is gone. */
  #walk(track: Track, position: OpenPosition, openMs: number, closeMs: number): boolean {
    const { detail, cursor } = track
    const { block, at } = cursor
    if (detail !== undefined && detail.cursor.timeMs < closeMs)
      return this.#walkDetail(detail, track, position, closeMs)
    return walkCandle(position, block.low[at] as number, block.high[at] as number, openMs, this.#leave)
  }

  /** Walks the shorter candles inside. */
  #walkDetail(
    { cursor, stepMs }: NonNullable<Track['detail']>,
    track: Track,
    position: OpenPosition,
    closeMs: number,
  ): boolean {
    for (; cursor.timeMs < closeMs; cursor.advance()) {
      const { block, at, timeMs } = cursor
      if (!atOpen(position, block.open[at] as number, timeMs, this.#leave)) return false
      const [low, high] = [block.low[at] as number, block.high[at] as number]
      if (!walkCandle(position, low, high, timeMs, this.#leave)) return false
      position.noteStop(timeMs + stepMs)
      track.price = block.close[at] as number
      if (timeMs + stepMs < closeMs) this.#review(track, position, timeMs + stepMs)
    }
    return true
  }

  /** At each 5 m close, as the monitor does: stops and targets are read again, and SmartExit is asked. */
  #review(track: Track, position: OpenPosition, nowMs: number): void {
    const { rules } = position
    const candleOpenTimeMs = Math.floor(nowMs / fiveMs) * fiveMs - fiveMs
    const { state } = position
    const isNew = candleOpenTimeMs > state.reevaluatedAtMs && candleOpenTimeMs >= state.openedAtMs
    if (rules.dynamicStops && isNew) {
      const { atr, regime } = track.numbers()
      position.become(reevaluate(state, { candleOpenTimeMs, price: track.price, atr, regime }, rules).state)
    }
    if (
      rules.smartExit &&
      candleOpenTimeMs >= state.openedAtMs &&
      track.fives.at(-1)?.openTimeMs === candleOpenTimeMs
    )
      position.smartExit = smartExit(state.side, track.fives, this.#terms.smartExitLayers)
    position.noteStop(nowMs)
  }

  #fund(track: Track, position: OpenPosition, nowMs: number): void {
    const { funding } = track
    while (track.fundedTo < funding.length) {
      const due = funding[track.fundedTo] as Track['funding'][number]
      if (due.timeMs > nowMs) return
      track.fundedTo += 1
      if (due.timeMs <= position.opening.entryTimeMs) continue
      const notional = new Decimal(position.quantity).times(track.price)
      this.books.fund(position, notional.times(due.rate).times(-position.direction))
    }
  }

  /** Asks the strategy at each close of its timeframe, and puts what it says into the book. */
  #listener({ source, strategy }: Extract<SignalOrigin, { kind: 'strategy' }>): OnTrackClose {
    const run = strategy.start()
    const stepMs = timeframeMs[strategy.timeframe]
    const lifeMs = Math.max(signalLifetimeMs(source, stepMs), stepMs)
    return (track, candle, timeframe) => {
      if (timeframe !== strategy.timeframe) return
      const nowMs = candle.openTimeMs + stepMs
      const said = run({ symbol: track.symbol, nowMs, candles: track.lists, candle })
      if (said === undefined) return
      const fresh = this.#signals.say({ ...said, source }, nowMs, lifeMs)
      if (fresh !== undefined) track.record.expect(fresh, candle.close)
    }
  }

  /** The rows of the file that lie inside the candle; a row from before the first candle is never heard. */
  #hearFile(track: Track, openMs: number, closeMs: number): void {
    const { rows } = track
    for (let row = rows[track.heard]; row !== undefined && row.timeMs < closeMs; row = rows[track.heard]) {
      track.heard += 1
      const isLost = row.timeMs < openMs && closeMs - row.timeMs > hourMs
      if (isLost) this.#tellUnheard(row.timeMs, row)
      else this.#heard.push({ row, lifeMs: Math.max(hourMs, track.stepMs) })
    }
  }

  /** Says what was heard of every symbol at this close, the oldest first, as the cluster decides it. */
  #sayHeard(nowMs: number): void {
    const { source } = this.#plan.origin
    for (const { row, lifeMs } of this.#heard.sort((a, b) => a.row.timeMs - b.row.timeMs)) {
      const signal = this.#signals.sayAnew({ ...row, source }, nowMs, lifeMs)
      if (signal !== undefined) this.#undecided.add(signal)
    }
    this.#heard = []
  }

  #decideAll(nowMs: number): void {
    for (const signal of this.#signals.liveAt(nowMs)) {
      const track = this.#tracks.get(signal.symbol)
      if (track === undefined || signal.isEntered || track.cursor.timeMs !== nowMs) continue
      if (nowMs - signal.decidedAtMs < this.#terms.settings.cycleMs) continue
      signal.decidedAtMs = nowMs
      const decision = decide(this.#question(track, signal, nowMs))
      const outcome = decision.outcome === 'taken' ? decision.action : decision.rule
      this.#undecided.delete(signal)
      if (decision.outcome === 'taken') this.#carryOut(track, signal, decision, nowMs)
      else if (outcome !== signal.lastOutcome) this.#tell(signal, decision, nowMs)
      signal.lastOutcome = outcome
    }
  }

  #question(track: Track, signal: LiveSignal, nowMs: number): Question {
    return new Question({
      terms: this.#terms,
      books: this.books,
      track,
      tracks: this.#tracks,
      signal,
      accuracy: this.#record.accuracy(track.record),
      equity: this.#equity,
      safety: () => this.#readSafety(),
      nowMs,
    })
  }

  #carryOut(
    track: Track,
    signal: LiveSignal,
    decision: Extract<Decision, { outcome: 'taken' }>,
    nowMs: number,
  ): void {
    const { price, symbol } = track
    if (decision.action === 'close') {
      if (track.position !== undefined) this.books.leaveAll(track.position, 'signal', price, nowMs)
      track.position = undefined
      return
    }
    const { entry } = decision
    const entryPrice = slipped(price, entrySide(entry.side), this.#terms.slippage)
    signal.isEntered = true
    track.position = this.books.open({
      state: {
        positionId: String(++this.#positions),
        symbol,
        side: entry.side,
        entryPrice,
        quantity: entry.quantity,
        bestPrice: entryPrice,
        stopLoss: entry.stopLoss,
        takeProfit: entry.takeProfit,
        takenLevels: [],
        openedAtMs: nowMs,
        reevaluatedAtMs: 0,
      },
      rules: exitRulesFor(this.#terms.settings, track.filters, this.#terms.market),
      leverage: entry.leverage,
      source: signal.source,
      confidence: signal.confidence,
      entryTimeMs: nowMs,
      price: entryPrice,
    })
  }

  #tell(signal: LiveSignal, decision: Extract<Decision, { outcome: 'skipped' }>, nowMs: number): void {
    const { symbol, action } = signal
    if (action === 'HOLD') return
    const { rule, reasons } = decision
    this.skipped.push({ time_ms: nowMs, symbol, action, rule, reasons })
  }

  /** A row of a file that no candle came for. */
  #tellUnheard(timeMs: number, { symbol, action }: Pick<FileSignal, 'symbol' | 'action'>): void {
    if (action === 'HOLD') return
    const reasons = ['no candle began within its life, at whose open it could have been decided']
    this.skipped.push({ time_ms: timeMs, symbol, action, rule: 'candles', reasons })
  }

  #tellAllUnheard(): void {
    for (const signal of this.#undecided) this.#tellUnheard(signal.createdAtMs, signal)
    for (const { rows, heard } of this.#list)
      for (const row of rows.slice(heard)) this.#tellUnheard(row.timeMs, row)
    this.skipped.sort((a, b) => a.time_ms - b.time_ms)
  }

  /** BTC's reading, once per closed hour; undefined where BTC is not among the symbols. */
  #readSafety(): MarketSafety | undefined {
    const hours = this.#tracks.get(`BTC/${this.#terms.quote}`)?.hours ?? []
    const lastMs = hours.at(-1)?.openTimeMs ?? 0
    if (this.#safety?.hourMs !== lastMs) this.#safety = { hourMs: lastMs, reading: readSafety(hours) }
    return this.#safety.reading
  }

  /** Sells what the end of the run finds open, at the symbol's last price: that a symbol's own candles end earlier is not known before. */
  #abandon(track: Track): void {
    if (track.position !== undefined) this.books.abandon(track.position, track.price, this.lastMs)
    track.position = undefined
  }

  #noteEquity(nowMs: number): void {
    if (nowMs < this.#fromMs) return
    const { equity, exposed } = this.books.worth(this.#priceOf)
    this.curve.note(nowMs, equity, equity > 0 ? exposed / equity : 0)
    const lookbackMs = this.#terms.settings.protections.maxDrawdown?.lookbackMs
    if (lookbackMs === undefined) return
    const last = this.#equity.at(-1)
    if (last !== undefined && nowMs - last.atMs < equityEveryMs) return
    this.#equity.push({ atMs: nowMs, equity })
    if ((this.#equity[0]?.atMs ?? nowMs) < nowMs - 2 * lookbackMs)
      this.#equity = this.#equity.filter(({ atMs }) => atMs > nowMs - lookbackMs)
  }

  readonly #priceOf = (symbol: string): number => this.#tracks.get(symbol)?.price ?? Number.NaN
}
