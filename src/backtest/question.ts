import { correlationHours, correlationOf } from '../domain/entries/correlation.ts'
import type { AccountView, DecisionInput, Exposure } from '../domain/entries/decision.ts'
import { setupFeatures } from '../domain/learning/setup-features.ts'
import { setupProbability } from '../domain/learning/setup-model.ts'
import type { MarketSafety } from '../domain/market/safety.ts'
import { baseOf } from '../domain/signal.ts'
import { exposuresOf, type Books as WorthBooks, worthOf } from '../trading/worth.ts'
import type { Books } from './books.ts'
import { RunAccount } from './run-account.ts'
import type { LiveSignal } from './signal-book.ts'
import type { RunTerms } from './terms.ts'
import type { Track } from './track.ts'

/** What a decision is asked about, at one moment of the run. */
export interface Asked {
  readonly terms: RunTerms
  readonly books: Books
  readonly track: Track
  readonly tracks: ReadonlyMap<string, Track>
  readonly signal: LiveSignal
  readonly accuracy: DecisionInput['accuracy']
  readonly equity: DecisionInput['history']['equity']
  readonly safety: () => MarketSafety | undefined
  readonly nowMs: number
}

/**
 * Everything a decision depends on, worked out when a rule asks for it: most signals are refused by an early one, and then
 * nothing is reckoned that nobody looks at. What the account is worth and holds is read by the functions that read it live.
 */
export class Question implements DecisionInput {
  readonly #asked: Asked
  #account: AccountView | undefined
  #worthBooks: WorthBooks | undefined
  #exposures: readonly Exposure[] | undefined
  #correlations: Record<string, number> | undefined

  constructor(asked: Asked) {
    this.#asked = asked
  }

  readonly otherSignals = []

  get signal(): LiveSignal {
    return this.#asked.signal
  }

  get accuracy(): DecisionInput['accuracy'] {
    return this.#asked.accuracy
  }

  /** The run's own source is the one that speaks, and it was chosen. */
  get trustedSources(): readonly string[] {
    return [this.#asked.signal.source]
  }

  get settings(): RunTerms['settings'] {
    return this.#asked.terms.settings
  }

  get filters(): DecisionInput['filters'] {
    return this.#asked.track.filters
  }

  get market(): DecisionInput['market'] {
    return this.#asked.track.numbers()
  }

  get safety(): MarketSafety | undefined {
    return this.#asked.safety()
  }

  /** The symbols of the run are the ones that were chosen: all of them count as the top. */
  get topBases(): readonly string[] {
    return [...this.#asked.tracks.keys()].map(baseOf)
  }

  get marketNowMs(): number {
    return this.#asked.nowMs
  }

  get history(): DecisionInput['history'] {
    const { books, signal, equity } = this.#asked
    const { trades, entryTimesMs } = books
    return { trades, entryTimesMs, equity, hasEnteredSignal: signal.isEntered }
  }

  get mlProbability(): DecisionInput['mlProbability'] {
    const { terms, track, signal, nowMs } = this.#asked
    if (!terms.settings.mlFilter || terms.setupModel === undefined) return undefined
    const { fives, hours } = track
    const side = signal.action === 'BUY' ? 'long' : 'short'
    const features = setupFeatures({ side, confidence: signal.confidence, fives, hours, nowMs })
    return features === undefined ? null : setupProbability(terms.setupModel, features)
  }

  get account(): AccountView {
    this.#account ??= new RunAccount(this.#asked.terms, () => worthOf(this.#readBooks()))
    return this.#account
  }

  get exposures(): readonly Exposure[] {
    this.#exposures ??= this.#asked.books.positions.size === 0 ? [] : exposuresOf(this.#readBooks())
    return this.#exposures
  }

  get correlations(): Readonly<Record<string, number>> {
    this.#correlations ??= this.#readCorrelations()
    return this.#correlations
  }

  #readBooks(): WorthBooks {
    this.#worthBooks ??= this.#reckonBooks()
    return this.#worthBooks
  }

  #reckonBooks(): WorthBooks {
    const { terms, books, tracks } = this.#asked
    const balances = new Map([[terms.quote, books.cash]])
    const prices = new Map<string, number>()
    const holdings = [...books.positions].map(([symbol, position]) => {
      const { state, opening } = position
      const base = baseOf(symbol)
      if (terms.market === 'spot') balances.set(base, state.quantity)
      prices.set(base, tracks.get(symbol)?.price ?? state.entryPrice)
      return {
        positionId: state.positionId,
        symbol,
        side: state.side,
        state: 'open' as const,
        source: opening.source,
        quantity: state.quantity,
        entryPrice: state.entryPrice,
        stopLoss: state.stopLoss,
        leverage: opening.leverage,
        reserved: null,
      }
    })
    const { market, quote } = terms
    return { market, quote, balances, holdings, priceOf: (base) => prices.get(base) }
  }

  /** The lists end at the same hour, or the pair is left out: a symbol may have a gap. */
  #readCorrelations(): Record<string, number> {
    const { track, tracks, books } = this.#asked
    const correlations: Record<string, number> = {}
    const own = track.hours
    for (const symbol of books.positions.keys()) {
      const other = tracks.get(symbol)?.hours ?? []
      if (own.at(-1)?.openTimeMs !== other.at(-1)?.openTimeMs) continue
      const closes = (hours: typeof own) => hours.slice(-correlationHours - 2).map((hour) => hour.close)
      const correlation = symbol === track.symbol ? 1 : correlationOf(closes(own), closes(other))
      if (correlation !== undefined) correlations[symbol] = correlation
    }
    return correlations
  }
}
