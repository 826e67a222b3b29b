import type { Timeframe } from '../candle.ts'
import type { MarketContext } from '../market/market-context.ts'
import type { SignalDraft } from '../signal.ts'

/** Numbers, switches and words a strategy may be tuned by. */
export type StrategyParameters = Readonly<Record<string, number | string | boolean>>

/**
 * A source of signals: candles in, a signal or nothing out, the same live and in backtests. `onCandle` is called at each
 * close of its timeframe once `warmup` candles exist; HOLD ends the signal before it, undefined says nothing.
 * `remember` makes what a run keeps between candles (streaming indicators), one per symbol.
 */
export interface Strategy<P extends StrategyParameters = StrategyParameters, M = unknown> {
  readonly name: string
  readonly timeframe: Timeframe
  /** Candles of the timeframe needed before the first call. */
  readonly warmup: number
  readonly parameters: P
  readonly remember?: (parameters: P) => M
  readonly onCandle: (
    context: MarketContext,
    run: { readonly parameters: P; readonly memory: M },
  ) => SignalDraft | undefined
}

/** Declares a strategy; the identity with a type. */
export function defineStrategy<P extends StrategyParameters, M = undefined>(
  strategy: Strategy<P, M>,
): Strategy<P, M> {
  return strategy
}
