import { sql } from 'kysely'
import type { Db } from './client.ts'
import { type Order, toOrder } from './orders.ts'

/** How many exits (or stops) of a position were refused in a row just now, and how long ago the last one was. */
export async function refusalsInARow(
  db: Db,
  positionId: string,
  purpose: 'exit' | 'stop' = 'exit',
): Promise<{ count: number; lastMsAgo: number }> {
  const rows = await db
    .selectFrom('orders')
    .select(['state', sql<number>`extract(epoch from clock_timestamp() - ended_at) * 1000`.as('ms_ago')])
    .where('position_id', '=', positionId)
    .where('purpose', '=', purpose)
    .where('sent_at', 'is not', null)
    .orderBy('planned_at', 'desc')
    .limit(10)
    .execute()
  const first = rows.findIndex((row) => row.state !== 'rejected')
  const count = first === -1 ? rows.length : first
  return { count, lastMsAgo: count === 0 ? 0 : Number(rows[0]?.ms_ago ?? 0) }
}

/** Why the venue refused the last exit of a position; undefined when that one was not refused. */
export async function lastRefusal(db: Db, positionId: string): Promise<string | undefined> {
  const row = await db
    .selectFrom('orders')
    .select(['state', 'failure_reason'])
    .where('position_id', '=', positionId)
    .where('purpose', '=', 'exit')
    .orderBy('planned_at', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row?.state === 'rejected' ? (row.failure_reason ?? '') : undefined
}

/** How long ago an order was sent, by the database's clock; undefined when it was not. */
export async function sentMsAgo(db: Db, orderId: string): Promise<number | undefined> {
  const row = await db
    .selectFrom('orders')
    .select(sql<number | null>`extract(epoch from clock_timestamp() - sent_at) * 1000`.as('ms_ago'))
    .where('id', '=', orderId)
    .executeTakeFirstOrThrow()
  return row.ms_ago === null ? undefined : Number(row.ms_ago)
}

/** The orders of an account that were sent in the last 24 h, oldest first. */
export async function sentOrders(db: Db, accountId: string): Promise<Order[]> {
  const rows = await db
    .selectFrom('orders')
    .selectAll()
    .where('account_id', '=', accountId)
    .where('sent_at', '>', sql<Date>`now() - interval '24 hours'`)
    .orderBy('sent_at')
    .execute()
  return rows.map(toOrder)
}

/** Whether an entry's time is over, by the database's clock. */
export async function hasExpired(db: Db, orderId: string): Promise<boolean> {
  const row = await db
    .selectFrom('orders')
    .select('id')
    .where('id', '=', orderId)
    .where('expires_at', '<=', sql<Date>`clock_timestamp()`)
    .executeTakeFirst()
  return row !== undefined
}
