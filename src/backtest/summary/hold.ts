import { type CurvePoint, deepestFall } from './curve.ts'
import { meanOf } from './sums.ts'

/**
 * Buying every symbol with an equal part of the capital at its first open and holding it to its last close, without fees, as
 * backtesting.py counts its `Buy & Hold Return`. Ratios.
 */
export interface HoldFigures {
  /** Mean of the symbols' returns; null without a symbol. */
  readonly return: number | null
  readonly max_drawdown: number | null
  readonly per_symbol: readonly { readonly symbol: string; readonly return: number }[]
}

/** What holding came to; the drawdown is known only where its curve is. */
export function holdFigures(
  symbols: readonly { readonly symbol: string; readonly first: number; readonly last: number }[],
  curve: readonly CurvePoint[] = [],
): HoldFigures {
  const perSymbol = symbols
    .filter(({ first }) => first > 0)
    .map(({ symbol, first, last }) => ({ symbol, return: last / first - 1 }))
  return {
    return: meanOf(perSymbol.map((each) => each.return)),
    max_drawdown: deepestFall(curve)?.ratio ?? null,
    per_symbol: perSymbol,
  }
}
