import { directionOf } from '../../domain/side.ts'
import type { BacktestTrade } from '../result.ts'
import { figuresOf, type TradeFigures } from './trade-figures.ts'

/** What a close reason ended, and what it sold; a partial target sells and seldom ends. */
export interface ReasonFigures extends TradeFigures {
  readonly key: string
  /** Sales with this reason, of trades that ended with it or with another. */
  readonly exits: number
  /** What those sales earned against the entry price, before fees and funding, in quote. */
  readonly exits_gross: number
}

/** The close reasons that occurred, the one with the most sales first, then by name. */
export function reasonsOf(trades: readonly BacktestTrade[], capital: number): ReasonFigures[] {
  const ended = Map.groupBy(trades, ({ close_reason }) => close_reason as string)
  const sales = trades.flatMap((trade) =>
    trade.exits.map(({ reason, price, quantity }) => ({
      reason: reason as string,
      gross: (price - trade.entry_price) * quantity * directionOf(trade.side),
    })),
  )
  const sold = Map.groupBy(sales, ({ reason }) => reason)
  return [...new Set([...ended.keys(), ...sold.keys()])]
    .map((key) => ({
      key,
      exits: sold.get(key)?.length ?? 0,
      exits_gross: (sold.get(key) ?? []).reduce((sum, { gross }) => sum + gross, 0),
      ...figuresOf(ended.get(key) ?? [], capital),
    }))
    .sort((a, b) => b.exits - a.exits || (a.key < b.key ? -1 : 1))
}
