import { sql } from 'kysely'
import { isEnded, orderStates } from '#src/domain/order.ts'
import type { Db } from './client.ts'
import { type Order, toOrder } from './orders.ts'
import { type Position, toPosition } from './positions.ts'

const living = orderStates.filter((state) => !isEnded(state))

/** The orders of an account that have not ended, oldest first. */
export async function livingOrdersOf(db: Db, accountId: string): Promise<Order[]> {
  const rows = await db
    .selectFrom('orders')
    .selectAll()
    .where('account_id', '=', accountId)
    .where('state', 'in', living)
    .orderBy('planned_at')
    .execute()
  return rows.map(toOrder)
}

/** The positions of an account that hold something or are about to, oldest first. */
export async function livingPositionsOf(db: Db, accountId: string): Promise<Position[]> {
  const rows = await db
    .selectFrom('positions')
    .selectAll()
    .where('account_id', '=', accountId)
    .where('state', 'in', ['opening', 'open', 'closing', 'stray'])
    .orderBy('created_at')
    .execute()
  return rows.map(toPosition)
}

/** The account's orders among these client ids, by client id. */
export async function ordersByClientId(
  db: Db,
  accountId: string,
  clientOrderIds: readonly string[],
): Promise<Map<string, Order>> {
  if (clientOrderIds.length === 0) return new Map()
  const rows = await db
    .selectFrom('orders')
    .selectAll()
    .where('account_id', '=', accountId)
    .where('client_order_id', 'in', [...clientOrderIds])
    .execute()
  return new Map(rows.map((row) => [row.client_order_id, toOrder(row)]))
}

/** The symbols an account has ever ordered. */
export async function symbolsOrdered(db: Db, accountId: string): Promise<string[]> {
  const rows = await db
    .selectFrom('orders')
    .select('symbol')
    .distinct()
    .where('account_id', '=', accountId)
    .execute()
  return rows.map(({ symbol }) => symbol)
}

/** Which of a symbol's executions the books know already, as a fill of ours or as the user's own in the ledger. */
export async function bookedTrades(db: Db, accountId: string, symbol: string): Promise<Set<string>> {
  const { rows } = await sql<{ venue_trade_id: string }>`
    select venue_trade_id from fills where account_id = ${accountId} and symbol = ${symbol}
    union select venue_trade_id from ledger
      where account_id = ${accountId} and symbol = ${symbol} and venue_trade_id is not null`.execute(db)
  return new Set(rows.map((row) => row.venue_trade_id))
}

/** A number that grows with everything that happens in an account's journal: the same twice, and nothing has happened. */
export async function journalPlace(db: Db, accountId: string): Promise<string> {
  const { rows } = await sql<{ place: string }>`
    select coalesce(max(event.id), 0) || '.' || (select count(*) from fills where fills.account_id = ${accountId}) as place
    from order_events event join orders on orders.id = event.order_id where orders.account_id = ${accountId}`.execute(
    db,
  )
  return rows[0]?.place ?? '0'
}

/** The account's orders that go by these ids at the venue, by that id; a triggered stop by the id of the order it became. */
export async function ordersByVenueId(
  db: Db,
  accountId: string,
  symbol: string,
  venueOrderIds: readonly string[],
): Promise<Map<string, Order>> {
  if (venueOrderIds.length === 0) return new Map()
  const ids = [...venueOrderIds]
  const rows = await db
    .selectFrom('orders')
    .selectAll()
    .where('account_id', '=', accountId)
    .where('symbol', '=', symbol)
    .where((or) => or.or([or('venue_order_id', 'in', ids), or('became_venue_order_id', 'in', ids)]))
    .execute()
  return new Map(
    rows.flatMap((row) =>
      [row.venue_order_id, row.became_venue_order_id].flatMap((id) =>
        id === null ? [] : [[id, toOrder(row)] as const],
      ),
    ),
  )
}

/** When an account's books were opened; what happened before is in that balance. */
export async function openedAt(db: Db, accountId: string): Promise<Date | undefined> {
  const row = await db
    .selectFrom('ledger')
    .select(({ fn }) => fn.min('at').as('at'))
    .where('account_id', '=', accountId)
    .where('kind', '=', 'opening')
    .executeTakeFirst()
  return row?.at ?? undefined
}
