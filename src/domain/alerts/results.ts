import { Decimal, type DecimalText } from '../decimal.ts'

/** A closed trade as results are added up, money in its account's quote. */
export interface ClosedTrade {
  readonly quote: string
  /** Net of fees and funding. */
  readonly pnl: DecimalText
  readonly fees: DecimalText
}

/** What some trades came to, in one quote. */
export interface Result {
  readonly quote: string
  readonly trades: number
  readonly wins: number
  /** Wins ÷ trades. */
  readonly winRate: number
  readonly pnl: DecimalText
  readonly fees: DecimalText
}

/** Trades added up per quote, which are not added to each other; by the name of the quote. */
export function resultsOf(trades: readonly ClosedTrade[]): Result[] {
  const byQuote = Map.groupBy(trades, ({ quote }) => quote)
  return [...byQuote]
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([quote, own]) => {
      const wins = own.filter(({ pnl }) => new Decimal(pnl).gt(0)).length
      return {
        quote,
        trades: own.length,
        wins,
        winRate: wins / own.length,
        pnl: total(own, 'pnl'),
        fees: total(own, 'fees'),
      }
    })
}

function total(trades: readonly ClosedTrade[], of: 'pnl' | 'fees'): DecimalText {
  return trades.reduce((sum, trade) => sum.plus(trade[of]), new Decimal(0)).toString()
}
