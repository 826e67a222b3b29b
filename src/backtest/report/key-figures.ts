import { change, count, day, figure, gain, money, percent, span } from '../summary/format.ts'
import { type Html, html } from './html.ts'
import type { Told } from './told.ts'

interface Tile {
  readonly name: string
  readonly value: string
  readonly note?: string
  readonly trend?: number | null
}

/** The figures one looks at first, each with what it is made of. */
export function keyFigures(told: Told): Html {
  return html`<section aria-labelledby="figures"><h2 id="figures">Key figures</h2>
<dl class="tiles">${[...moneyTiles(told), ...tradeTiles(told)].map(tile)}</dl></section>`
}

function tile({ name, value, note, trend }: Tile): Html {
  return html`<div class="tile"><dt>${name}</dt><dd><b class="${trendOf(trend)}">${value}</b>${
    note === undefined ? '' : html`<small>${note}</small>`
  }</dd></div>`
}

/** The class of a gain, a loss, or neither. */
export function trendOf(value: number | null | undefined): 'up' | 'down' | 'flat' {
  return !value ? 'flat' : value > 0 ? 'up' : 'down'
}

function moneyTiles({ summary, quote }: Told): Tile[] {
  const { drawdown, buy_and_hold: hold } = summary
  const recovered =
    drawdown.recovered_ms === null ? 'not recovered' : `${span(drawdown.length_ms)} to recover`
  return [
    {
      name: 'Profit after fees',
      value: change(summary.profit_total_ratio),
      note: `${gain(summary.profit_total)} ${quote}`,
      trend: summary.profit_total,
    },
    {
      name: 'Buy and hold',
      value: change(hold.return),
      note: hold.max_drawdown === null ? 'before fees' : `at worst ${percent(hold.max_drawdown)} down`,
      trend: hold.return,
    },
    {
      name: 'Maximum drawdown',
      value: percent(summary.max_drawdown),
      note:
        summary.max_drawdown === 0
          ? 'never below a peak'
          : `${day(drawdown.from_ms)} to ${day(drawdown.to_ms)}, ${recovered}`,
    },
    { name: 'A year of this (CAGR)', value: change(summary.cagr), trend: summary.cagr },
    { name: 'Sharpe', value: figure(summary.sharpe), note: 'daily returns × √365' },
    { name: 'Sortino', value: figure(summary.sortino), note: 'by losing days alone' },
    { name: 'Calmar', value: figure(summary.calmar), note: 'CAGR ÷ drawdown' },
    { name: 'Volatility', value: percent(summary.annual_volatility), note: 'a year' },
  ]
}

function tradeTiles({ summary, quote }: Told): Tile[] {
  const { wins, losses, draws } = summary
  return [
    {
      name: 'Trades',
      value: count(summary.trades),
      note: `held ${span(summary.median_holding_ms)} (median)`,
    },
    {
      name: 'Win rate',
      value: percent(summary.win_rate, 1),
      note: `${count(wins)} won, ${count(losses)} lost${draws > 0 ? `, ${count(draws)} even` : ''}`,
    },
    { name: 'Profit factor', value: figure(summary.profit_factor), note: 'won ÷ lost' },
    {
      name: 'Expectancy',
      value: `${gain(summary.expectancy)} ${quote}`,
      note: `${change(summary.mean_profit_ratio, 3)} a trade`,
      trend: summary.expectancy,
    },
    {
      name: 'Mean win, mean loss',
      value: `${gain(summary.average_win)} / ${gain(summary.average_loss)}`,
      note: `at most ${summary.longest_win_streak} won, ${summary.longest_loss_streak} lost in a row`,
    },
    {
      name: 'Best, worst trade',
      value: `${change(summary.best_trade?.profit_ratio ?? null)} / ${change(summary.worst_trade?.profit_ratio ?? null)}`,
      note: [summary.best_trade, summary.worst_trade].map((trade) => trade?.symbol ?? '–').join(' / '),
    },
    {
      name: 'Fees',
      value: money(summary.fees),
      note:
        summary.funding === 0
          ? `${percent(summary.fees / summary.capital)} of the capital`
          : `funding ${gain(summary.funding)}`,
    },
    {
      name: 'Time in the market',
      value: percent(summary.exposure, 1),
      note: `${percent(summary.mean_exposure, 1)} of equity on average`,
    },
  ]
}
