import type { BacktestExit, BacktestTrade } from '../result.ts'

const columns: readonly (readonly [string, (trade: BacktestTrade) => string | number])[] = [
  ['symbol', ({ symbol }) => symbol],
  ['side', ({ side }) => side],
  ['source', ({ source }) => source],
  ['confidence', ({ confidence }) => confidence],
  ['entry_time', ({ entry_time_ms }) => timeText(entry_time_ms)],
  ['entry_price', ({ entry_price }) => entry_price],
  ['exit_time', ({ exit_time_ms }) => timeText(exit_time_ms)],
  ['exit_price', ({ exit_price }) => exit_price],
  ['quantity', ({ quantity }) => quantity],
  ['leverage', ({ leverage }) => leverage],
  ['fees', ({ fees }) => fees],
  ['funding', ({ funding }) => funding],
  ['pnl', ({ pnl }) => pnl],
  ['profit_ratio', ({ profit_ratio }) => profit_ratio],
  ['close_reason', ({ close_reason }) => close_reason],
  ['open_at_end', ({ is_open }) => (is_open ? 'yes' : 'no')],
  ['exits', ({ exits }) => exits.map(exitText).join('; ')],
  ['entry_time_ms', ({ entry_time_ms }) => entry_time_ms],
  ['exit_time_ms', ({ exit_time_ms }) => exit_time_ms],
]

/**
 * The trades as RFC 4180: a header, then one line per trade, CRLF after each. Times are UTC as spreadsheets read them and epoch
 * milliseconds as well, money is quote, ratios are 0.02 for 2 %. The sales of a trade are one cell: `time reason quantity @ price`, parted
 * by semicolons. A text that a spreadsheet would run as a formula gets an apostrophe before it (OWASP, CSV injection).
 */
export function tradesCsv(trades: readonly BacktestTrade[]): string {
  const head = columns.map(([name]) => name)
  const rows = trades.map((trade) => columns.map(([, of]) => of(trade)))
  return [head, ...rows].map((row) => `${row.map(cell).join(',')}\r\n`).join('')
}

function exitText({ time_ms, reason, quantity, price }: BacktestExit): string {
  return `${timeText(time_ms)} ${reason} ${quantity} @ ${price}`
}

/** '2025-01-31 14:05:00', which spreadsheets take for a time. */
function timeText(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replace('T', ' ')
}

function cell(value: string | number): string {
  if (typeof value === 'number') return String(value)
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
