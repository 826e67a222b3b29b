import type { BacktestTrade } from '../result.ts'
import { meanOf, medianOf, ratioOf, sumOf } from './sums.ts'

/**
 * What some trades come to. Money is quote, net of fees and funding; ratios are 0.02 for 2 %. What cannot be said of so few
 * trades is null, never NaN or Infinity.
 */
export interface TradeFigures {
  readonly trades: number
  /** Trades with a net result above, below and at zero; a win rate counts all of them. */
  readonly wins: number
  readonly losses: number
  readonly draws: number
  readonly win_rate: number | null
  /** Sum of the net results, and that sum ÷ the capital of the run. */
  readonly profit_total: number
  readonly profit_total_ratio: number | null
  /** Sum of wins ÷ sum of losses (backtesting.py, freqtrade); null without a loss. */
  readonly profit_factor: number | null
  /** Mean net result of a trade: win rate × mean win − loss rate × mean loss (Van Tharp; freqtrade's `expectancy`). */
  readonly expectancy: number | null
  /** The same per unit of mean loss: (1 + mean win ÷ mean loss) × win rate − 1 for trades that win or lose (freqtrade). */
  readonly expectancy_ratio: number | null
  /** Mean of pnl ÷ entry cost (backtesting.py's `Expectancy [%]`, freqtrade's `profit_mean`). */
  readonly mean_profit_ratio: number | null
  readonly median_profit_ratio: number | null
  readonly average_win: number | null
  /** Below zero. */
  readonly average_loss: number | null
  readonly fees: number
  /** Funding received; negative when paid. */
  readonly funding: number
  readonly average_holding_ms: number | null
  readonly median_holding_ms: number | null
  /** The most wins, and losses, that ended one after another; a draw ends both rows. */
  readonly longest_win_streak: number
  readonly longest_loss_streak: number
}

/** The figures of some trades of a run that began with `capital` quote. */
export function figuresOf(trades: readonly BacktestTrade[], capital: number): TradeFigures {
  const results = trades.map(({ pnl }) => pnl)
  const wins = results.filter((pnl) => pnl > 0)
  const losses = results.filter((pnl) => pnl < 0)
  const ratios = trades.map(({ profit_ratio }) => profit_ratio)
  const held = trades.map(({ entry_time_ms, exit_time_ms }) => exit_time_ms - entry_time_ms)
  const streaks = streaksOf(trades)
  const profit = sumOf(results)
  const expectancy = meanOf(results)
  const averageLoss = meanOf(losses)
  return {
    trades: trades.length,
    wins: wins.length,
    losses: losses.length,
    draws: trades.length - wins.length - losses.length,
    win_rate: ratioOf(wins.length, trades.length),
    profit_total: profit,
    profit_total_ratio: ratioOf(profit, capital),
    profit_factor: ratioOf(sumOf(wins), -sumOf(losses)),
    expectancy,
    expectancy_ratio: expectancy === null || averageLoss === null ? null : ratioOf(expectancy, -averageLoss),
    mean_profit_ratio: meanOf(ratios),
    median_profit_ratio: medianOf(ratios),
    average_win: meanOf(wins),
    average_loss: averageLoss,
    fees: sumOf(trades.map(({ fees }) => fees)),
    funding: sumOf(trades.map(({ funding }) => funding)),
    average_holding_ms: meanOf(held),
    median_holding_ms: medianOf(held),
    longest_win_streak: streaks.win,
    longest_loss_streak: streaks.loss,
  }
}

function streaksOf(trades: readonly BacktestTrade[]): { win: number; loss: number } {
  const longest = { win: 0, loss: 0 }
  let row = 0
  for (const { pnl } of trades.toSorted((a, b) => a.exit_time_ms - b.exit_time_ms)) {
    const step = Math.sign(pnl)
    row = step !== 0 && Math.sign(row) === step ? row + step : step
    longest.win = Math.max(longest.win, row)
    longest.loss = Math.max(longest.loss, -row)
  }
  return longest
}
