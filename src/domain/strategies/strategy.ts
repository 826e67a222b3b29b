import type { z } from 'zod'
import type { Candle, Timeframe } from '../candle.ts'
import type { MarketContext } from '../market/market-context.ts'
import type { SignalAction } from '../signal.ts'

/** Numbers, switches and words a strategy may be tuned by. */
export type StrategyParameters = Readonly<Record<string, number | string | boolean>>

/** How many closed candles of each length are looked at. */
export type Appetite = Readonly<Partial<Record<Timeframe, number>>>

/** What a strategy sees at a close of its timeframe: the candle that has just closed, and what is known of its market. */
export interface StrategyContext extends MarketContext {
  readonly candle: Candle
}

/**
 * What a strategy says about the symbol it was shown: confidence 0–1, prices in the symbol's quote. HOLD ends the signal
 * before it.
 */
export interface StrategySignal {
  readonly action: SignalAction
  readonly confidence: number
  readonly reasoning?: string
  readonly stopLoss?: number
  readonly takeProfit?: number
}

/**
 * A source of signals: candles in, a signal or nothing out, the same live and in backtests.
 *
 * `onCandle` is called at each close of `timeframe`, in order and without gaps, so that streaming indicators in the memory
 * see every candle; what it says at its first `warmup` − 1 calls is dropped. Undefined says nothing. The context belongs to
 * the caller: it is good for the call alone, and its lists hold at least the candles of `history`, where they exist.
 */
export interface Strategy<S extends z.ZodObject = z.ZodObject, M = unknown> {
  readonly name: string
  readonly timeframe: Timeframe
  /** Candles of the timeframe that it has seen before its word counts. */
  readonly warmup: number
  /** Closed candles of each length that it looks back on; `warmup` of its own timeframe where it says nothing else. */
  readonly history?: Appetite
  /**
   * A flat object of numbers, switches, words and choices, each with a default; its limits and descriptions (`.meta()`)
   * draw a form and bound a search. A switch, and a weight with `.meta({ part: true })`, is a part that can be left out.
   */
  readonly parameters: S
  /** Makes what a run keeps between candles, one per symbol. */
  readonly remember?: (parameters: z.output<S>) => M
  readonly onCandle: (
    context: StrategyContext,
    run: { readonly parameters: z.output<S>; readonly memory: M },
  ) => StrategySignal | undefined
}

/** Declares a strategy; the identity with a type. */
export function defineStrategy<S extends z.ZodObject, M = undefined>(
  strategy: Strategy<S, M>,
): Strategy<S, M> {
  return strategy
}
