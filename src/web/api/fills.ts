import { type RawBuilder, sql } from 'kysely'
import { z } from 'zod'
import type { Db } from '#db/client.ts'
import { decimal, instant, symbol } from './fields.ts'
import { afterCursor, cursorInstant, pageOf, pageQuery, toPage } from './page.ts'
import { route } from './route.ts'

export const fill = z
  .object({
    id: z.guid(),
    accountId: z.uuid(),
    orderId: z.uuid(),
    positionId: z.uuid(),
    symbol: z.string(),
    venueTradeId: z.string(),
    side: z.enum(['buy', 'sell']),
    price: decimal,
    quantity: decimal,
    cost: decimal,
    /** In `feeCurrency`; `feePrice` is what one of it was worth in the account's quote. */
    fee: decimal,
    feeCurrency: z.string(),
    feePrice: decimal,
    /** What the venue says it brought; null where it does not say. */
    realizedPnl: decimal.nullable(),
    isMaker: z.boolean(),
    /** The venue's time. */
    filledAt: instant,
    recordedAt: instant,
  })
  .meta({ id: 'Fill', description: 'One execution at a venue, booked once.' })
export type Fill = z.infer<typeof fill>

/** A fill is told apart by account, symbol and the venue's trade id; pages want one id of it. */
const idOfFill: RawBuilder<string> = sql<string>`md5(account_id::text || ' ' || symbol || ' ' || venue_trade_id)::uuid`

/** Executions of every account of the caller. */
export const listFills = route({
  method: 'get',
  path: '/fills',
  summary: 'Executions at the venues, the latest first, with their fees.',
  query: pageQuery.extend({
    symbol: symbol.optional(),
    position: z.uuid('must be the id of a position').optional(),
    order: z.uuid('must be the id of an order').optional(),
  }),
  answer: pageOf(fill),
  async handle({ db, query }) {
    let rows = fillRows(db)
      .select(cursorInstant('filled_at').as('cursor_at'))
      .where(afterCursor(query.cursor, { at: 'filled_at', id: idOfFill }))
      .orderBy('filled_at', 'desc')
      .orderBy(idOfFill, 'desc')
      .limit(query.limit + 1)
    if (query.account) rows = rows.where('account_id', '=', query.account)
    if (query.symbol) rows = rows.where('symbol', '=', query.symbol)
    if (query.position) rows = rows.where('position_id', '=', query.position)
    if (query.order) rows = rows.where('order_id', '=', query.order)
    return toPage(await rows.execute(), query.limit, toFill)
  },
})

/** The fills of one order or one position, oldest first. */
export async function fillsWhere(
  db: Db,
  of: { readonly orderId: string } | { readonly positionId: string },
): Promise<Fill[]> {
  const rows = fillRows(db).orderBy('filled_at').orderBy(idOfFill)
  const found =
    'orderId' in of ? rows.where('order_id', '=', of.orderId) : rows.where('position_id', '=', of.positionId)
  return (await found.execute()).map(toFill)
}

function fillRows(db: Db) {
  return db.selectFrom('fills').selectAll().select(idOfFill.as('id'))
}

interface FillRow {
  id: string
  account_id: string
  order_id: string
  position_id: string
  symbol: string
  venue_trade_id: string
  side: string
  price: string
  quantity: string
  cost: string
  fee: string
  fee_currency: string
  fee_price: string
  realized_pnl: string | null
  is_maker: boolean
  filled_at: Date
  recorded_at: Date
}

function toFill(row: FillRow): Fill {
  return {
    id: row.id,
    accountId: row.account_id,
    orderId: row.order_id,
    positionId: row.position_id,
    symbol: row.symbol,
    venueTradeId: row.venue_trade_id,
    side: row.side as Fill['side'],
    price: row.price,
    quantity: row.quantity,
    cost: row.cost,
    fee: row.fee,
    feeCurrency: row.fee_currency,
    feePrice: row.fee_price,
    realizedPnl: row.realized_pnl,
    isMaker: row.is_maker,
    filledAt: row.filled_at.toISOString(),
    recordedAt: row.recorded_at.toISOString(),
  }
}
