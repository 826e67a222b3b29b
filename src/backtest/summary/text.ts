import { change, count, day, figure, gain, moment, money, percent, span, words } from './format.ts'
import type { NotableTrade, Summary } from './summary.ts'
import type { TradeFigures } from './trade-figures.ts'

type Cells = readonly string[]

/** The summary as a table for the terminal: figures, then symbols, close reasons, months, and what was not taken. */
export function summaryText(summary: Summary): string {
  const { from_ms, to_ms } = summary
  return [
    `${moment(from_ms)} to ${moment(to_ms)} UTC (${span(to_ms - from_ms)})`,
    columns(pairs(summary), ['start', 'end', 'start', 'end']),
    titled('Per symbol', summary.per_symbol),
    reasons(summary),
    summary.per_side.length > 1 ? titled('Per side', summary.per_side) : '',
    months(summary),
    skips(summary),
  ]
    .filter((part) => part !== '')
    .join('\n\n')
}

/** Two pairs of name and value to a line. */
function pairs(summary: Summary): Cells[] {
  const left = earnings(summary)
  const right = trading(summary)
  return Array.from({ length: Math.max(left.length, right.length) }, (_, i) => [
    ...(left[i] ?? ['', '']),
    ...(right[i] ?? ['', '']),
  ])
}

function earnings(summary: Summary): Cells[] {
  const { drawdown } = summary
  const fall = `${day(drawdown.from_ms)} to ${day(drawdown.to_ms)}`
  return [
    ['Capital', money(summary.capital)],
    ['Equity at the end', money(summary.final_equity)],
    ['Profit after fees', `${gain(summary.profit_total)} (${change(summary.profit_total_ratio)})`],
    ['Buy and hold', change(summary.buy_and_hold.return)],
    ['Fees', money(summary.fees)],
    ['Funding', gain(summary.funding)],
    ['Max drawdown', `${percent(summary.max_drawdown)} (${money(summary.max_drawdown_quote)})`],
    ['  it fell', summary.max_drawdown === 0 ? '–' : fall],
    ['  until recovered', summary.drawdown.recovered_ms === null ? 'not yet' : span(drawdown.length_ms)],
    ['Longest without a peak', span(drawdown.longest_ms)],
    ['CAGR', change(summary.cagr)],
    ['Sharpe', figure(summary.sharpe)],
    ['Sortino', figure(summary.sortino)],
    ['Calmar', figure(summary.calmar)],
  ]
}

function trading(summary: Summary): Cells[] {
  const { trades, open_at_end } = summary
  return [
    ['Trades', open_at_end === 0 ? count(trades) : `${count(trades)} (${open_at_end} open at the end)`],
    ['Won, lost, even', [summary.wins, summary.losses, summary.draws].map(count).join(', ')],
    ['Win rate', percent(summary.win_rate)],
    ['Profit factor', figure(summary.profit_factor)],
    ['Expectancy', `${gain(summary.expectancy)} (${figure(summary.expectancy_ratio)} × the mean loss)`],
    ['Mean trade', change(summary.mean_profit_ratio, 3)],
    ['Mean win, mean loss', `${gain(summary.average_win)}, ${gain(summary.average_loss)}`],
    ['Best trade', notable(summary.best_trade)],
    ['Worst trade', notable(summary.worst_trade)],
    ['Holding, mean and median', `${span(summary.average_holding_ms)}, ${span(summary.median_holding_ms)}`],
    ['Most wins, losses in a row', `${summary.longest_win_streak}, ${summary.longest_loss_streak}`],
    ['Time in the market', percent(summary.exposure)],
    ['Equity in positions', percent(summary.mean_exposure)],
    ['SQN', figure(summary.sqn)],
  ]
}

function notable(trade: NotableTrade | null): string {
  return trade === null ? '–' : `${change(trade.profit_ratio)} ${trade.symbol}`
}

const groupHead = ['trades', 'win rate', 'profit', 'of capital', 'profit factor', 'fees']

function groupCells(group: TradeFigures): Cells {
  return [
    count(group.trades),
    percent(group.win_rate, 1),
    gain(group.profit_total),
    change(group.profit_total_ratio),
    figure(group.profit_factor),
    money(group.fees),
  ]
}

function titled(title: string, groups: readonly (TradeFigures & { key: string })[]): string {
  if (groups.length === 0) return ''
  return columns([[title, ...groupHead], ...groups.map((group) => [words(group.key), ...groupCells(group)])])
}

function reasons({ per_close_reason }: Summary): string {
  if (per_close_reason.length === 0) return ''
  return columns([
    ['Per close reason', 'sales', 'trades', 'win rate', 'profit', 'of sales, before fees'],
    ...per_close_reason.map((reason) => [
      words(reason.key),
      count(reason.exits),
      count(reason.trades),
      percent(reason.win_rate, 1),
      gain(reason.profit_total),
      gain(reason.exits_gross),
    ]),
  ])
}

function months({ per_month }: Summary): string {
  if (per_month.length < 2) return ''
  return columns([
    ['Per month', 'trades', 'profit', 'equity'],
    ...per_month.map((month) => [
      month.month,
      count(month.trades),
      gain(month.profit_total),
      change(month.return),
    ]),
  ])
}

function skips({ skipped, skipped_by_rule }: Summary): string {
  if (skipped === 0) return ''
  return columns([
    ['Signals not taken', count(skipped)],
    ...skipped_by_rule.map((each) => [words(each.rule), count(each.count)]),
  ])
}

/** Lines of cells under each other; the first column starts, the others end at one edge, unless told otherwise. */
function columns(rows: readonly Cells[], sides: readonly ('start' | 'end')[] = ['start']): string {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)))
  return rows
    .map((row) =>
      row
        .map((cell, i) =>
          (sides[i] ?? 'end') === 'start' ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0),
        )
        .join('   ')
        .trimEnd(),
    )
    .join('\n')
}
