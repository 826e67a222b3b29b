import { count } from '../summary/format.ts'
import { type Html, html } from './html.ts'
import type { Told } from './told.ts'

/** How the figures are made, and whose work is in the file. */
export function footer({ run }: Told): Html {
  const rate = run.seconds > 0 ? ` (${count(run.candles / run.seconds)} a second)` : ''
  return html`<footer>
<p>${count(run.candles)} candles in ${run.seconds.toFixed(2)} s${rate}. Times are UTC. A signal of one candle is executed at the open of
the next; inside a candle the worse order of prices is assumed. Sharpe and Sortino are means of daily returns over their
deviation, and over their losing half, times √365, without a risk-free rate; Calmar is CAGR over the deepest drawdown; SQN is √trades × mean ÷
deviation of the results. Buy and hold takes equal parts of the symbols, without fees. What was earned in the past is no promise.</p>
<p>Price charts by <a href="https://www.tradingview.com/" rel="noreferrer">TradingView</a> Lightweight Charts™, Apache License 2.0.</p>
</footer>`
}
