import { levelsOf } from '../domain/market/levels.ts'
import { candlesOf, type MarketContext } from '../domain/market/market-context.ts'
import { findPatterns } from '../domain/market/patterns.ts'
import type { SignalDraft } from '../domain/signal.ts'
import { council, councilStrategy } from '../domain/strategies/council/council.ts'
import { smartEntry, smartEntryStrategy } from '../domain/strategies/smart-entry.ts'
import type { Appetite } from '../domain/strategies/strategy.ts'

/** A source that the program itself asks, symbol by symbol. */
export interface SignalSource {
  readonly name: string
  /** Market time between two looks. */
  readonly everyMs: number
  readonly appetite: Appetite
  /** What it says about a symbol and what it looked at; undefined when its history is too short to say anything. */
  look(context: MarketContext): { readonly signal: SignalDraft; readonly details: unknown } | undefined
}

const smartEntrySource: SignalSource = {
  name: smartEntryStrategy.name,
  everyMs: 15_000,
  appetite: { '5m': smartEntryStrategy.warmup },
  look(context) {
    const setup = smartEntry(context)
    if (!setup) return undefined
    const { parts, score, signal } = setup
    const candles = candlesOf(context, '5m').slice(-smartEntryStrategy.warmup)
    const [patterns, levels] = [findPatterns(candles), levelsOf(candles)]
    return { signal, details: { parts, score, patterns, levels } }
  },
}

const councilSource: SignalSource = {
  name: councilStrategy.name,
  everyMs: 60_000,
  appetite: councilStrategy.history ?? {},
  look(context) {
    const verdict = council(context)
    return verdict && { signal: verdict.signal, details: { votes: verdict.votes, score: verdict.score } }
  },
}

/** The built-in sources, by name. */
export const sources: Readonly<Record<string, SignalSource>> = {
  [smartEntrySource.name]: smartEntrySource,
  [councilSource.name]: councilSource,
}
