import type { BacktestTrade } from '../result.ts'
import { change, count, gain, moment, money, price, quantity, span, words } from '../summary/format.ts'
import { type Content, type Html, html } from './html.ts'
import { trendOf } from './key-figures.ts'
import type { Told } from './told.ts'

/** Rows in the file, and rows one sees before asking for all of them. */
const most = { written: 1_000, shown: 50 }

interface Column {
  readonly name: string
  /** What it is sorted by. */
  readonly sort: (trade: BacktestTrade, index: number) => string | number
  readonly cell: (trade: BacktestTrade, index: number) => Content
}

const columns: readonly Column[] = [
  { name: '#', sort: (_, i) => i, cell: (trade, i) => show(trade, i) },
  { name: 'Symbol', sort: ({ symbol }) => symbol, cell: ({ symbol }) => symbol },
  { name: 'Side', sort: ({ side }) => side, cell: ({ side }) => words(side) },
  { name: 'Profit', sort: ({ pnl }) => pnl, cell: ({ pnl }) => signed(gain(pnl), pnl) },
  {
    name: 'Of its cost',
    sort: (trade) => trade.profit_ratio,
    cell: (trade) => signed(change(trade.profit_ratio), trade.profit_ratio),
  },
  { name: 'Closed by', sort: (trade) => trade.close_reason, cell: closing },
  { name: 'Entry (UTC)', sort: (trade) => trade.entry_time_ms, cell: (trade) => moment(trade.entry_time_ms) },
  { name: 'Entry price', sort: (trade) => trade.entry_price, cell: (trade) => price(trade.entry_price) },
  { name: 'Exit (UTC)', sort: (trade) => trade.exit_time_ms, cell: (trade) => moment(trade.exit_time_ms) },
  { name: 'Exit price', sort: (trade) => trade.exit_price, cell: (trade) => price(trade.exit_price) },
  { name: 'Held', sort: heldMs, cell: (trade) => (heldMs(trade) === 0 ? 'one candle' : span(heldMs(trade))) },
  { name: 'Quantity', sort: (trade) => trade.quantity, cell: (trade) => quantity(trade.quantity) },
  { name: 'Fees', sort: ({ fees }) => fees, cell: ({ fees }) => money(fees) },
]

/** The trades in the order of the run, sortable by every column; each opens itself in the price chart. */
export function tradesTable({ run, summary }: Told): Html {
  const rows = run.trades.slice(0, most.written)
  const left = summary.trades - rows.length
  return html`<section aria-labelledby="trades"><h2 id="trades">Trades</h2>
${rows.length === 0 ? html`<p class="card none">None.</p>` : table(rows)}
<p class="more">${
    rows.length > most.shown &&
    html`<button type="button" id="all-trades" hidden>Show all ${count(rows.length)} trades</button>`
  }${left > 0 && ` The first ${count(rows.length)} trades are listed here; the CSV of the trades has all ${count(summary.trades)}.`}</p></section>`
}

function table(rows: readonly BacktestTrade[]): Html {
  return html`<div class="card scroll" role="region" aria-label="Trades, table" tabindex="0"><table id="trade-rows" data-shown="${most.shown}"><thead><tr>${columns.map(
    ({ name }, i) =>
      html`<th scope="col"${i === 0 && html` aria-sort="ascending"`}><button type="button">${name}</button></th>`,
  )}</tr></thead><tbody>${rows.map(
    (trade, i) =>
      html`<tr>${columns.map(({ sort, cell }) => html`<td data-by="${sort(trade, i)}">${cell(trade, i)}</td>`)}</tr>`,
  )}</tbody></table></div>`
}

function show({ symbol }: BacktestTrade, index: number): Html {
  return html`<button type="button" class="show" data-trade="${index}" aria-label="Show trade ${index + 1}, ${symbol}, in the chart">${index + 1}</button>`
}

/** Why it ended, and how many sales it took when it took more than one. */
function closing({ close_reason, exits, is_open }: BacktestTrade): Content {
  const reason = is_open ? 'Still open at the end' : words(close_reason)
  return exits.length > 1 ? html`${reason} <small>${exits.length} sales</small>` : reason
}

function heldMs({ entry_time_ms, exit_time_ms }: BacktestTrade): number {
  return exit_time_ms - entry_time_ms
}

function signed(text: string, value: number): Html {
  return html`<span class="${trendOf(value)}">${text}</span>`
}
