import type { BacktestTrade } from '../result.ts'
import { figuresOf, type TradeFigures } from './trade-figures.ts'

/** The figures of the trades that share something: a symbol, a side, a source. */
export interface GroupFigures extends TradeFigures {
  readonly key: string
}

/** Each group with its figures, the one with the most trades first, then by name. */
export function groupsOf(
  trades: readonly BacktestTrade[],
  capital: number,
  keyOf: (trade: BacktestTrade) => string,
): GroupFigures[] {
  return [...Map.groupBy(trades, keyOf)]
    .map(([key, group]) => ({ key, ...figuresOf(group, capital) }))
    .sort((a, b) => b.trades - a.trades || (a.key < b.key ? -1 : 1))
}
