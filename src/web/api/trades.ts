import { z } from 'zod'
import { decimal, instant, noBody } from './fields.ts'
import { afterCursor, cursorInstant, pageOf, pageQuery, toPage } from './page.ts'
import { route } from './route.ts'

const trade = z.object({
  id: z.uuid(),
  accountId: z.uuid(),
  positionId: z.uuid(),
  symbol: z.string(),
  side: z.enum(['long', 'short']),
  source: z.string(),
  quantity: decimal,
  entryPrice: decimal,
  exitPrice: decimal,
  /** All money in the account's quote; `pnl` is net of fees and funding. */
  grossPnl: decimal,
  fees: decimal,
  funding: decimal,
  pnl: decimal,
  profitRatio: z.number(),
  closeReason: z.string(),
  /** Market time, like `closedAt`. */
  openedAt: instant,
  closedAt: instant,
})
export type Trade = z.infer<typeof trade>

/** Closed round trips, the latest first. */
export const listTrades = route({
  method: 'get',
  path: '/trades',
  summary: 'Closed trades, the latest first, with net P&L and why they were closed.',
  query: pageQuery,
  body: noBody,
  answer: pageOf(trade),
  async handle({ db, query }) {
    let rows = db
      .selectFrom('trades')
      .selectAll()
      .select(cursorInstant('closed_at').as('cursor_at'))
      .where(afterCursor(query.cursor, { at: 'closed_at', id: 'id' }))
      .orderBy('closed_at', 'desc')
      .orderBy('id', 'desc')
      .limit(query.limit + 1)
    if (query.account) rows = rows.where('account_id', '=', query.account)
    return toPage(await rows.execute(), query.limit, (row) => ({
      id: row.id,
      accountId: row.account_id,
      positionId: row.position_id,
      symbol: row.symbol,
      side: row.side as Trade['side'],
      source: row.source,
      quantity: row.quantity,
      entryPrice: row.entry_price,
      exitPrice: row.exit_price,
      grossPnl: row.gross_pnl,
      fees: row.fees,
      funding: row.funding,
      pnl: row.pnl,
      profitRatio: row.profit_ratio,
      closeReason: row.close_reason,
      openedAt: row.opened_at.toISOString(),
      closedAt: row.closed_at.toISOString(),
    }))
  },
})
