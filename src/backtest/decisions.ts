import { decide } from '../domain/entries/decide.ts'
import type { Decision } from '../domain/entries/decision.ts'
import { exitRulesFor } from '../domain/exits/exit-rules.ts'
import { type MarketSafety, readSafety } from '../domain/market/safety.ts'
import { entrySide } from '../domain/side.ts'
import type { Books } from './books.ts'
import type { EquityRecord } from './equity-record.ts'
import { Question } from './question.ts'
import type { LiveSignal } from './signal-book.ts'
import type { SignalIntake } from './signal-intake.ts'
import type { SkippedSignals } from './skipped-signals.ts'
import type { SourceRecord } from './source-record.ts'
import { type RunTerms, slipped } from './terms.ts'
import type { Track } from './track.ts'

/** What decisions are made over and carried out on. */
interface Ground {
  readonly terms: RunTerms
  readonly books: Books
  readonly tracks: ReadonlyMap<string, Track>
  readonly intake: SignalIntake
  readonly record: SourceRecord
  readonly equity: EquityRecord
  readonly skipped: SkippedSignals
}

/**
 * Decides on the live signals and carries out what is taken. One that was refused is decided again while it lives, at the
 * first open after each cycle of the profile (300 s in `ase`, 15 s in `pro`).
 */
export class Decisions {
  readonly #ground: Ground
  #safety: { readonly hourMs: number; readonly reading: MarketSafety | undefined } | undefined
  #positions = 0

  constructor(ground: Ground) {
    this.#ground = ground
  }

  /** At the opens of now: the live signals, oldest first, each against what the ones before it took. */
  decideAll(nowMs: number): void {
    const { terms, tracks, intake, skipped } = this.#ground
    for (const signal of intake.book.liveAt(nowMs)) {
      const track = tracks.get(signal.symbol)
      if (track === undefined || signal.isEntered || track.cursor.timeMs !== nowMs) continue
      if (nowMs - signal.decidedAtMs < terms.settings.cycleMs) continue
      signal.decidedAtMs = nowMs
      const decision = decide(this.#question(track, signal, nowMs))
      const outcome = decision.outcome === 'taken' ? decision.action : decision.rule
      intake.settle(signal)
      if (decision.outcome === 'taken') this.#carryOut(track, signal, decision, nowMs)
      else if (outcome !== signal.lastOutcome) skipped.tell(signal, decision, nowMs)
      signal.lastOutcome = outcome
    }
  }

  #question(track: Track, signal: LiveSignal, nowMs: number): Question {
    const { terms, books, tracks, record, equity } = this.#ground
    return new Question({
      terms,
      books,
      track,
      tracks,
      signal,
      accuracy: record.accuracy(track.record),
      equity: equity.points,
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
    const { terms, books } = this.#ground
    const { price, symbol } = track
    if (decision.action === 'close') {
      if (track.position !== undefined) books.leaveAll(track.position, 'signal', price, nowMs)
      track.position = undefined
      return
    }
    const { entry } = decision
    const entryPrice = slipped(price, entrySide(entry.side), terms.slippage)
    signal.isEntered = true
    track.position = books.open({
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
      rules: exitRulesFor(terms.settings, track.filters, terms.market),
      leverage: entry.leverage,
      source: signal.source,
      confidence: signal.confidence,
      entryTimeMs: nowMs,
      price: entryPrice,
    })
  }

  /** BTC's reading, once per closed hour; undefined where BTC is not among the symbols. */
  #readSafety(): MarketSafety | undefined {
    const { tracks, terms } = this.#ground
    const hours = tracks.get(`BTC/${terms.quote}`)?.hours ?? []
    const lastMs = hours.at(-1)?.openTimeMs ?? 0
    if (this.#safety?.hourMs !== lastMs) this.#safety = { hourMs: lastMs, reading: readSafety(hours) }
    return this.#safety.reading
  }
}
