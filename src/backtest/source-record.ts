import type { Candle } from '../domain/candle.ts'
import type { SourceAccuracy } from '../domain/entries/decision.ts'
import { scoreSignal, scoringHorizonMs } from '../signals/score.ts'
import type { LiveSignal } from './signal-book.ts'

/** How many of a source's newest scored signals count. */
const counted = 50

interface Pending {
  readonly signal: LiveSignal
  readonly price: number
  readonly dueMs: number
  /** The candles of its six hours: of a signal without targets the last one alone decides. */
  readonly candles: Candle[]
}

/** How the run's source did so far, as `score-signals` finds it out for the cluster: each signal after its six hours. */
export class SourceRecord {
  readonly #newest: { readonly bornMs: number; readonly isHit: boolean }[] = []
  #hits = 0

  /** The record of one symbol, which adds to the source's. */
  on(): SymbolRecord {
    return new SymbolRecord((signal, isHit) => this.#add(signal.createdAtMs, isHit))
  }

  /** What the rules are told of the source on a symbol. */
  accuracy({ samples, hits }: SymbolRecord): SourceAccuracy {
    return { samples: this.#newest.length, hits: this.#hits, symbolSamples: samples, symbolHits: hits }
  }

  /** By birth, not by when the score was found out: a symbol with a gap is scored late. */
  #add(bornMs: number, isHit: boolean): void {
    const place = this.#newest.findLastIndex((other) => other.bornMs <= bornMs) + 1
    this.#newest.splice(place, 0, { bornMs, isHit })
    if (this.#newest.length > counted) this.#newest.shift()
    this.#hits = this.#newest.filter((score) => score.isHit).length
  }
}

/** The signals of the source on one symbol: those that wait for their six hours, and how the others turned out. */
export class SymbolRecord {
  readonly #pending: Pending[] = []
  readonly #onScore: (signal: LiveSignal, isHit: boolean) => void
  samples = 0
  hits = 0
  /** From when on a candle's close has to be taken: at once while a signal with targets waits. */
  dueMs = Number.POSITIVE_INFINITY

  constructor(onScore: (signal: LiveSignal, isHit: boolean) => void) {
    this.#onScore = onScore
  }

  /** Notes a new signal, said at a price (the last one). */
  expect(signal: LiveSignal, price: number): void {
    if (signal.action === 'HOLD') return
    this.#pending.push({ signal, price, dueMs: signal.createdAtMs + scoringHorizonMs, candles: [] })
    this.#findDue()
  }

  /** Takes a candle that closed at `closeMs`, and the last one before it; scores what is due. */
  take(candle: Candle, closeMs: number, before: Candle): void {
    for (const { signal, candles, dueMs } of this.#pending) {
      const isInside = candle.openTimeMs >= signal.createdAtMs && candle.openTimeMs < dueMs
      if (isInside && hasTargets(signal)) candles.push(candle)
      else if (closeMs >= dueMs && !hasTargets(signal)) {
        const last = isInside ? candle : before
        if (last.openTimeMs >= signal.createdAtMs) candles.push(last)
      }
    }
    while (this.#pending[0] !== undefined && this.#pending[0].dueMs <= closeMs)
      this.#score(this.#pending.shift() as Pending)
    this.#findDue()
  }

  #score({ signal, price, candles }: Pending): void {
    const { action, stopLoss = null, takeProfit = null } = signal
    if (action === 'HOLD') return
    const score = scoreSignal({ action, price, stopLoss, takeProfit }, candles)
    if (score === undefined) return
    this.samples += 1
    if (score.isHit) this.hits += 1
    this.#onScore(signal, score.isHit)
  }

  #findDue(): void {
    const isImpatient = this.#pending.some(({ signal }) => hasTargets(signal))
    this.dueMs = isImpatient ? 0 : (this.#pending[0]?.dueMs ?? Number.POSITIVE_INFINITY)
  }
}

function hasTargets({ stopLoss, takeProfit }: LiveSignal): boolean {
  return stopLoss !== undefined || takeProfit !== undefined
}
