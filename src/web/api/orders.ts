import { z } from 'zod'
import { orderStates } from '../../domain/order.ts'
import { decimal, instant, symbol } from './fields.ts'
import { afterCursor, cursorInstant, pageOf, pageQuery, toPage } from './page.ts'
import { route } from './route.ts'

const purposes = ['entry', 'exit', 'stop'] as const

/** An order in the journal: what was meant, and what became of it. */
export const order = z
  .object({
    id: z.uuid(),
    accountId: z.uuid(),
    positionId: z.uuid(),
    exchange: z.string(),
    symbol: z.string(),
    side: z.enum(['buy', 'sell']),
    /** `exit` closes or reduces at once, `stop` rests at the venue. */
    purpose: z.enum(purposes),
    type: z.enum(['market', 'limit', 'stop_market']),
    state: z.enum(orderStates),
    quantity: decimal,
    filled: decimal,
    averagePrice: decimal.nullable(),
    /** The limit. */
    price: decimal.nullable(),
    /** What triggers a stop; of an entry, the stop that it carries. */
    stopPrice: decimal.nullable(),
    /** The price it was decided at. */
    referencePrice: decimal,
    isReduceOnly: z.boolean(),
    leverage: decimal.nullable(),
    attempt: z.int(),
    /** Why an exit or a stop was planned; null on entries. */
    closeReason: z.string().nullable(),
    clientOrderId: z.string(),
    venueOrderId: z.string().nullable(),
    /** Why it did not do what it was for, and what to do about it; null unless it failed. */
    failure: z
      .object({ code: z.string().nullable(), reason: z.string(), advice: z.string().nullable() })
      .nullable(),
    plannedAt: instant,
    sentAt: instant.nullable(),
    endedAt: instant.nullable(),
    /** Since when it is to be taken back. */
    cancelRequestedAt: instant.nullable(),
    /** When it would no longer be sent; entries alone. */
    expiresAt: instant.nullable(),
  })
  .meta({ id: 'Order', description: 'An order in the journal: what was meant, and what became of it.' })
export type Order = z.infer<typeof order>

/** Orders of every account of the caller. */
export const listOrders = route({
  method: 'get',
  path: '/orders',
  summary: 'Orders of every kind, the latest first, with what became of each.',
  query: pageQuery.extend({
    state: z.enum(orderStates, `must be one of ${orderStates.join(', ')}`).optional(),
    purpose: z.enum(purposes, `must be one of ${purposes.join(', ')}`).optional(),
    symbol: symbol.optional(),
    position: z.uuid('must be the id of a position').optional(),
  }),
  answer: pageOf(order),
  async handle({ db, query }) {
    let rows = db
      .selectFrom('orders')
      .selectAll()
      .select(cursorInstant('planned_at').as('cursor_at'))
      .where(afterCursor(query.cursor, { at: 'planned_at', id: 'id' }))
      .orderBy('planned_at', 'desc')
      .orderBy('id', 'desc')
      .limit(query.limit + 1)
    if (query.account) rows = rows.where('account_id', '=', query.account)
    if (query.state) rows = rows.where('state', '=', query.state)
    if (query.purpose) rows = rows.where('purpose', '=', query.purpose)
    if (query.symbol) rows = rows.where('symbol', '=', query.symbol)
    if (query.position) rows = rows.where('position_id', '=', query.position)
    return toPage(await rows.execute(), query.limit, toOrder)
  },
})

/** The columns of an order that an answer shows. */
export interface OrderRow {
  id: string
  account_id: string
  position_id: string
  exchange: string
  symbol: string
  side: string
  purpose: string
  type: string
  state: string
  quantity: string
  filled: string
  average_price: string | null
  price: string | null
  stop_price: string | null
  reference_price: string
  is_reduce_only: boolean
  leverage: string | null
  attempt: number
  close_reason: string | null
  client_order_id: string
  venue_order_id: string | null
  failure_code: string | null
  failure_reason: string | null
  advice: string | null
  planned_at: Date
  sent_at: Date | null
  ended_at: Date | null
  cancel_requested_at: Date | null
  expires_at: Date | null
}

/** A row of the journal as an answer. */
export function toOrder(row: OrderRow): Order {
  return {
    id: row.id,
    accountId: row.account_id,
    positionId: row.position_id,
    exchange: row.exchange,
    symbol: row.symbol,
    side: row.side as Order['side'],
    purpose: row.purpose as Order['purpose'],
    type: row.type as Order['type'],
    state: row.state as Order['state'],
    quantity: row.quantity,
    filled: row.filled,
    averagePrice: row.average_price,
    price: row.price,
    stopPrice: row.stop_price,
    referencePrice: row.reference_price,
    isReduceOnly: row.is_reduce_only,
    leverage: row.leverage,
    attempt: row.attempt,
    closeReason: row.close_reason,
    clientOrderId: row.client_order_id,
    venueOrderId: row.venue_order_id,
    failure:
      row.failure_reason === null
        ? null
        : { code: row.failure_code, reason: row.failure_reason, advice: row.advice },
    plannedAt: row.planned_at.toISOString(),
    sentAt: row.sent_at?.toISOString() ?? null,
    endedAt: row.ended_at?.toISOString() ?? null,
    cancelRequestedAt: row.cancel_requested_at?.toISOString() ?? null,
    expiresAt: row.expires_at?.toISOString() ?? null,
  }
}
