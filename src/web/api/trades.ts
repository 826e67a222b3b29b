import { z } from 'zod'
import type { Db } from '#db/client.ts'
import { closeReasons } from '../../domain/close-reason.ts'
import { decimal, instant, moment, symbol } from './fields.ts'
import { afterCursor, cursorInstant, pageOf, pageQuery, toPage } from './page.ts'
import { route } from './route.ts'

export const trade = z
  .object({
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
  .meta({
    id: 'Trade',
    description: 'A closed round trip; money in the account’s quote, `pnl` net of everything.',
  })
export type Trade = z.infer<typeof trade>

/** What closed trades can be picked by; times are of their close, on the market's clock. */
export const tradeFilter = {
  symbol: symbol.optional(),
  side: z.enum(['long', 'short'], 'must be long or short').optional(),
  source: z.string().max(100).optional(),
  reason: z.enum(closeReasons, `must be one of ${closeReasons.join(', ')}`).optional(),
  from: moment.optional(),
  to: moment.optional(),
}

/** Closed round trips, the latest first. */
export const listTrades = route({
  method: 'get',
  path: '/trades',
  summary: 'Closed trades, the latest first, with net P&L and why they were closed.',
  query: pageQuery.extend(tradeFilter),
  answer: pageOf(trade),
  async handle({ db, query }) {
    const rows = tradesLike(db, query)
      .select(cursorInstant('closed_at').as('cursor_at'))
      .where(afterCursor(query.cursor, { at: 'closed_at', id: 'id' }))
      .limit(query.limit + 1)
    return toPage(await rows.execute(), query.limit, toTrade)
  },
})

type Filter = { account?: string | undefined } & {
  [name in keyof typeof tradeFilter]?: z.infer<(typeof tradeFilter)[name]> | undefined
}

/** The trades that a filter lets through, the latest first. */
export function tradesLike(db: Db, filter: Filter) {
  let rows = db.selectFrom('trades').selectAll().orderBy('closed_at', 'desc').orderBy('id', 'desc')
  if (filter.account) rows = rows.where('account_id', '=', filter.account)
  if (filter.symbol) rows = rows.where('symbol', '=', filter.symbol)
  if (filter.side) rows = rows.where('side', '=', filter.side)
  if (filter.source) rows = rows.where('source', '=', filter.source)
  if (filter.reason) rows = rows.where('close_reason', '=', filter.reason)
  if (filter.from) rows = rows.where('closed_at', '>=', filter.from)
  if (filter.to) rows = rows.where('closed_at', '<', filter.to)
  return rows
}

type TradeRow = Awaited<ReturnType<ReturnType<typeof tradesLike>['execute']>>[number]

/** A row of the table as an answer. */
export function toTrade(row: TradeRow): Trade {
  return {
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
  }
}
