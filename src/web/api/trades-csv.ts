import { z } from 'zod'
import { pageQuery } from './page.ts'
import { route } from './route.ts'
import { type Trade, toTrade, tradeFilter, tradesLike } from './trades.ts'

/** More trades than a spreadsheet opens comfortably; who has more asks for a span of time. */
const most = 50_000

const columns = [
  'closedAt',
  'openedAt',
  'symbol',
  'side',
  'source',
  'quantity',
  'entryPrice',
  'exitPrice',
  'grossPnl',
  'fees',
  'funding',
  'pnl',
  'profitRatio',
  'closeReason',
  'accountId',
  'id',
] as const satisfies readonly (keyof Trade)[]

/** The trades that the list shows under the same filter, all in one file. */
export const exportTrades = route({
  method: 'get',
  path: '/trades.csv',
  summary: `Closed trades as CSV, the latest first, at most ${most}.`,
  media: 'text/csv',
  fileName: 'bullpen-trades.csv',
  query: pageQuery.omit({ limit: true, cursor: true }).extend(tradeFilter),
  answer: z.string(),
  async handle({ db, query }) {
    const rows = await tradesLike(db, query).limit(most).execute()
    const lines = rows.map(toTrade).map((trade) => columns.map((name) => cell(trade[name])).join(','))
    return [columns.join(','), ...lines, ''].join('\r\n')
  },
})

/** One cell (RFC 4180). Text that a spreadsheet would take for a formula is told to be text. */
export function cell(value: string | number): string {
  const text = String(value)
  const isFormula = typeof value === 'string' && /^[=+\-@\t\r]/.test(text) && !/^-?\d+(\.\d+)?$/.test(text)
  const safe = isFormula ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
