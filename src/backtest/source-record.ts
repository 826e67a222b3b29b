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
  /** The candles since its birth; only the newest where the signal has no targets of its own. */
  readonly candles: Candle[]
}

interface Score {
  readonly bornMs: number
  readonly isHit: boolean
}

/** How the run's source did so far, as `score-signals` finds it out for the cluster: each signal after its six hours. */
export class SourceRecord {
  readonly #pending = new Map<string, Pending[]>()
  readonly #bySymbol = new Map<string, { samples: number; hits: number }>()
  readonly #newest: Score[] = []

  /** Notes a new signal, said at a price (the last one). */
  expect(signal: LiveSignal, price: number): void {
    if (signal.action === 'HOLD') return
    const { symbol, createdAtMs } = signal
    const list = this.#pending.get(symbol) ?? []
    list.push({ signal, price, dueMs: createdAtMs + scoringHorizonMs, candles: [] })
    this.#pending.set(symbol, list)
  }

  /** Whether anything waits for the symbol's candles. */
  isWaiting(symbol: string): boolean {
    return (this.#pending.get(symbol)?.length ?? 0) > 0
  }

  /** Takes a candle of the symbol that closed at `closeMs`, and scores what is due. */
  take(symbol: string, candle: Candle, closeMs: number): void {
    const list = this.#pending.get(symbol) ?? []
    for (const { signal, candles, dueMs } of list) {
      if (candle.openTimeMs < signal.createdAtMs || candle.openTimeMs >= dueMs) continue
      const hasTargets = signal.stopLoss !== undefined || signal.takeProfit !== undefined
      if (hasTargets || candles.length === 0) candles.push(candle)
      else candles[0] = candle
    }
    while (list[0] !== undefined && list[0].dueMs <= closeMs) this.#score(list.shift() as Pending)
  }

  /** What the rules are told of a source on a symbol. */
  accuracyOn(symbol: string): SourceAccuracy {
    const here = this.#bySymbol.get(symbol)
    return {
      samples: this.#newest.length,
      hits: this.#newest.filter((score) => score.isHit).length,
      symbolSamples: here?.samples ?? 0,
      symbolHits: here?.hits ?? 0,
    }
  }

  #score({ signal, price, candles }: Pending): void {
    const { action, symbol, stopLoss = null, takeProfit = null, createdAtMs: bornMs } = signal
    if (action === 'HOLD') return
    const score = scoreSignal({ action, price, stopLoss, takeProfit }, candles)
    if (score === undefined) return
    const here = this.#bySymbol.get(symbol) ?? { samples: 0, hits: 0 }
    here.samples += 1
    if (score.isHit) here.hits += 1
    this.#bySymbol.set(symbol, here)
    // By birth, not by when the score was found out: a symbol with a gap is scored late.
    const place = this.#newest.findLastIndex((other) => other.bornMs <= bornMs) + 1
    this.#newest.splice(place, 0, { bornMs, isHit: score.isHit })
    if (this.#newest.length > counted) this.#newest.shift()
  }
}
