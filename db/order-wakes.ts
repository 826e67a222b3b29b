import { type RawBuilder, sql } from 'kysely'
import type { OrderPurpose, OrderState } from '#src/domain/order.ts'
import type { Db } from './client.ts'
import { hasNoPulse } from './lifelines.ts'

/** An order that needs a hand, and in which lane. */
export interface WakeableOrder {
  readonly id: string
  readonly exchange: string
  readonly purpose: OrderPurpose
  readonly state: OrderState
  /** Whether it rests at the venue and is to be taken back. */
  readonly wantsCancel: boolean
  /** Which wake of it this would be: part of the wake's job id, since a kept job swallows a repeated id. */
  readonly wake: number
}

/** A stop that rests is asked for this often; when the price is through it, the monitor asks at once. */
const restingAgainMs = 20_000

/** What protects, closes or may have been executed, and was woken, is taken again after this: nobody may have heard it. */
const heardNothingMs = 1_500

/** A sender that lost its connection to the database has another one by then, and is not taken for dead. */
const reconnectsWithinMs = 1_000

/** Exits that wait for their venue are looked at again at least this often. */
const exitsAgainMs = 5_000

/**
 * Whether the time of an order to be sent is over. Not a column of a lateral: with a volatile function in it PostgreSQL
 * keeps that as it was when another sweeper has just taken the row, and both would have it.
 */
const isOver = sql<boolean>`(due.state = 'planned' and coalesce(due.expires_at <= clock_timestamp(), false))`

/**
 * Takes the orders that nobody has looked at for `quietMs`: planned ones, and those whose end must be learnt from the
 * venue; exits first. What protects, closes or may have been executed waits for no more than 1.5 s at first, since its
 * worker may be dead, and longer each time, since it may just be slow; an order whose sender has died not at all. Those whose venue could not be reached wait longer each time, up to eight times as long, but
 * what closes or may have been executed no longer than 5 s, and an entry no longer than it lives: then it is abandoned.
 * While its venue takes no requests an order is left alone. A limit order whose time at the venue is over is wanted back.
 * Each is marked as looked at, so that of two sweepers one gets it; whoever wakes it says so by `countWakes`.
 *
 * With `exchange` the orders of one venue for a worker that sends them without the queue: exits nobody has looked at yet
 * at once, and no entry that could still be sent.
 */
export async function takeWakes(
  db: Db,
  {
    quietMs,
    limit,
    exchange = null,
  }: { readonly quietMs: number; readonly limit: number; readonly exchange?: string | null },
): Promise<WakeableOrder[]> {
  const { rows } = await sql<{
    id: string
    exchange: string
    purpose: OrderPurpose
    state: OrderState
    wakes: number
    wantsCancel: boolean
  }>`
    update orders set woken_at = clock_timestamp(),
      cancel_requested_at = case when rests_until <= clock_timestamp() and state in ('open', 'partially_filled')
        then coalesce(cancel_requested_at, clock_timestamp()) else cancel_requested_at end
    where id in (
      select due.id
      from orders as due
      cross join lateral (select
        coalesce(due.woken_at, due.planned_at) as looked_at,
        due.state = 'planned' and due.purpose = 'entry' as is_entry,
        due.state in ('submitting', 'unknown') or due.state = 'planned' and due.purpose <> 'entry'
          or due.state in ('open', 'partially_filled') and due.type = 'market' as hurries
      ) as so
      cross join lateral (select
        least(8, due.unreached + 1) * least(${quietMs}::float8, case when hurries then ${heardNothingMs}::float8 * greatest(1, due.wakes) end) as patience_ms
      ) as and_so
      where due.state in ('planned', 'submitting', 'open', 'partially_filled', 'canceling', 'unknown')
        and (due.state <> 'submitting' or not ${beingSent('due')})
        and (${exchange}::text is null or (due.exchange = ${exchange}::text and (not is_entry or ${isOver})))
        and (
          (${exchange}::text is not null and due.state = 'planned' and not is_entry and (due.woken_at is null
            or due.unreached = 0 and looked_at < clock_timestamp() - ${heardNothingMs} * interval '1 ms'))
          or due.state = 'submitting' and looked_at <= due.sent_at
          or looked_at < clock_timestamp() - interval '1 ms' * case
            when ${isOver} then ${quietMs}::float8
            when due.purpose = 'stop' and due.state = 'open' and due.cancel_requested_at is null and due.silent_since is null
              then greatest(${quietMs}::float8, ${restingAgainMs}::float8)
            when is_entry then patience_ms
            else least(patience_ms, greatest(${quietMs}::float8, ${exitsAgainMs}::float8)) end
        )
        and (${isOver} or not exists (
          select from accounts as account
          join venue_budgets as budget on budget.place = concat_ws(' ', account.exchange, account.market, account.mode)
          where account.id = due.account_id and budget.account_id in ('', account.id::text)
            and budget.paused_until > clock_timestamp()
        ))
      order by is_entry, case due.state when 'planned' then 0 when 'open' then 2 else 1 end, looked_at
      limit ${limit}
      for update of due skip locked
    )
    returning id, exchange, purpose, state, wakes,
      cancel_requested_at is not null and state in ('open', 'partially_filled', 'canceling') as "wantsCancel"`.execute(
    db,
  )
  return rows.map(({ wakes, ...order }) => ({ ...order, wake: wakes + 1 }))
}

/** Whether the sender of an order may still be alive: it has its lease, and has not let go of its lifeline. */
export async function isBeingSent(db: Db, orderId: string): Promise<boolean> {
  const { rows } = await sql<{ is: boolean | null }>`
    select state = 'submitting' and ${beingSent('orders')} as is from orders where id = ${orderId}`.execute(
    db,
  )
  return rows[0]?.is === true
}

function beingSent(table: string): RawBuilder<boolean> {
  const of = (column: string) => sql<string>`${sql.ref(`${table}.${column}`)}`
  const isFresh = sql`${of('sent_at')} > clock_timestamp() - ${reconnectsWithinMs} * interval '1 ms'`
  return sql<boolean>`(coalesce(${of('lease_until')} > clock_timestamp(), false)
    and (${isFresh} or not ${hasNoPulse(of('claimed_by'))}))`
}

/**
 * Counts a wake of each of these orders: of those that nobody holds in one statement, of the others one by one, since who
 * waits for one order while it holds another has others wait for it in turn. Not within a transaction.
 */
export async function countWakes(db: Db, orderIds: readonly string[]): Promise<void> {
  if (orderIds.length === 0) return
  const count = db.updateTable('orders').set({ wakes: sql`wakes + 1` })
  const counted = await count
    .where('id', 'in', (free) =>
      free.selectFrom('orders').select('id').where('id', 'in', orderIds).forNoKeyUpdate().skipLocked(),
    )
    .returning('id')
    .execute()
  const done = new Set(counted.map(({ id }) => id))
  for (const id of orderIds) if (!done.has(id)) await count.where('id', '=', id).execute()
}

/** Counts that an order's venue could not be reached, or that it was. */
export async function noteReached(db: Db, orderId: string, isReached: boolean): Promise<void> {
  const order = db.updateTable('orders').where('id', '=', orderId)
  if (isReached) await order.set({ unreached: 0 }).where('unreached', '>', 0).execute()
  else await order.set({ unreached: sql`unreached + 1` }).execute()
}

/**
 * Counts one look for an order whose outcome is unknown, and says when the next one is due: after 0.5 s, 1 s, 2 s, 4 s,
 * and every 5 s from then. Undefined when another look has been asked for already: one chain of looks per order.
 */
export async function nextLook(
  db: Db,
  orderId: string,
): Promise<{ readonly look: number; readonly inMs: number } | undefined> {
  const inMs = sql<number>`least(500 * power(2, least(asks, 10)), 5000)`
  const row = await db
    .updateTable('orders')
    .set({
      asks: sql`asks + 1`,
      woken_at: sql<Date>`clock_timestamp() + ${inMs} * interval '1 millisecond'`,
    })
    .where('id', '=', orderId)
    .where('state', '=', 'unknown')
    .where((or) =>
      or.or([
        or('asks', '=', 0),
        or('woken_at', 'is', null),
        or('woken_at', '<=', sql<Date>`clock_timestamp() + interval '50 milliseconds'`),
      ]),
    )
    .returning(['asks', sql<number>`least(500 * power(2, least(asks - 1, 10)), 5000)`.as('in_ms')])
    .executeTakeFirst()
  return row && { look: row.asks, inMs: Number(row.in_ms) }
}
