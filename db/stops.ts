import { sql } from 'kysely'
import type { DecimalText } from '#src/domain/decimal.ts'
import type { ExitRules } from '#src/domain/exits/exit-rules.ts'
import type { LiveStop } from '#src/domain/exits/resting-stop.ts'
import { isEnded, type OrderState, orderStates } from '#src/domain/order.ts'
import type { Side } from '#src/domain/side.ts'
import { leftOfStop } from './attached-stops.ts'
import type { Db } from './client.ts'

const endings = orderStates.filter(isEnded)
const resting = ['open', 'partially_filled'] as const

/** Whether a stop rests that the venue does not show is unknown, whatever the journal calls it. */
const believedState = sql<OrderState>`case when silent_since is null then state else 'unknown' end`

/** A stop order of a position that has not ended. */
export interface StopOrder {
  readonly id: string
  readonly userId: string
  readonly plan: number
  readonly state: OrderState
  readonly stopPrice: DecimalText
  /** What it would still close. */
  readonly left: DecimalText
  readonly cancelRequestedAt: Date | null
}

/** The stops of a position that have not ended, newest plan first, under lock; the position's lock is held already. */
export async function lockStops(db: Db, positionId: string): Promise<StopOrder[]> {
  const rows = await db
    .selectFrom('orders')
    .select(['id', 'user_id', 'attempt', 'stop_price', 'cancel_requested_at'])
    .select([believedState.as('state'), leftOfStop.as('left')])
    .where('position_id', '=', positionId)
    .where('purpose', '=', 'stop')
    .where('state', 'not in', endings)
    .forNoKeyUpdate()
    .execute()
  return rows
    .map((row) => ({
      id: row.id,
      userId: row.user_id,
      plan: row.attempt,
      state: row.state,
      stopPrice: row.stop_price ?? '0',
      left: row.left,
      cancelRequestedAt: row.cancel_requested_at,
    }))
    .sort((a, b) => b.plan - a.plan)
}

/** The stops that the monitor follows: where the stop of a watched position should be. */
export async function hotStopsOf(
  db: Db,
  positionId: string,
): Promise<{ readonly stopLoss: number | null; readonly trailingStop: number | null }> {
  const row = await db
    .selectFrom('monitored_positions')
    .select(['stop_loss', 'trailing_sl'])
    .where('position_id', '=', positionId)
    .executeTakeFirst()
  const number = (text: string | null | undefined) => (text == null ? null : Number(text))
  return { stopLoss: number(row?.stop_loss), trailingStop: number(row?.trailing_sl) }
}

/** Writes down that orders are to be taken back: durable, and woken until it is done. */
export async function requestCancel(db: Db, orderIds: readonly string[]): Promise<void> {
  if (orderIds.length === 0) return
  await db
    .updateTable('orders')
    .set({ cancel_requested_at: sql<Date>`clock_timestamp()` })
    .where('id', 'in', [...orderIds])
    .where('cancel_requested_at', 'is', null)
    .execute()
}

/**
 * Notes that somebody else took a position's stop away. The second time in ten minutes it was meant: `declined`, until
 * the position ends.
 */
export async function noteStopRemoved(db: Db, positionId: string): Promise<'rearmed' | 'declined'> {
  const again = sql<boolean>`stop_removed_at > clock_timestamp() - interval '10 minutes'`
  const row = await db
    .updateTable('positions')
    .set({
      stop_removed_at: sql<Date>`clock_timestamp()`,
      stop_declined_at: sql<Date>`case when ${again} then clock_timestamp() else stop_declined_at end`,
    })
    .where('id', '=', positionId)
    .returning('stop_declined_at')
    .executeTakeFirstOrThrow()
  return row.stop_declined_at === null ? 'rearmed' : 'declined'
}

/**
 * Notes that the price is through the resting stop of a position, and says for how long it has been so, by the database's
 * clock in ms. Undefined when no confirmed stop rests at or inside that price.
 */
export async function noteStopReached(
  db: Db,
  positionId: string,
  price: number,
): Promise<{ readonly forMs: number; readonly stopIds: readonly string[] } | undefined> {
  const stops = await db
    .selectFrom('orders')
    .innerJoin('positions as position', 'position.id', 'orders.position_id')
    .select('orders.id')
    .where('position_id', '=', positionId)
    .where('purpose', '=', 'stop')
    .where('orders.state', 'in', resting)
    .where(
      sql<boolean>`case position.side when 'long' then stop_price >= ${price}::numeric else stop_price <= ${price}::numeric end`,
    )
    .execute()
  if (stops.length === 0) return undefined
  const row = await db
    .updateTable('positions')
    .set({ stop_reached_at: sql<Date>`coalesce(stop_reached_at, clock_timestamp())` })
    .where('id', '=', positionId)
    .returning(sql<number>`extract(epoch from clock_timestamp() - stop_reached_at) * 1000`.as('ms'))
    .executeTakeFirstOrThrow()
  return { forMs: Number(row.ms), stopIds: stops.map(({ id }) => id) }
}

/** Whether an older position's stop may still rest on a symbol: an entry there would be closed by it. */
export async function stopLingers(db: Db, accountId: string, symbol: string): Promise<boolean> {
  const row = await db
    .selectFrom('orders')
    .select('id')
    .where('account_id', '=', accountId)
    .where('symbol', '=', symbol)
    .where('purpose', '=', 'stop')
    .where('state', 'not in', endings)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

/** A watched position on a reduce-only market, with what should protect it and what does. */
export interface GuardedPosition {
  readonly positionId: string
  readonly userId: string
  readonly accountId: string
  readonly exchange: string
  readonly symbol: string
  readonly side: Side
  readonly isStray: boolean
  readonly quantity: DecimalText
  readonly rules: ExitRules
  readonly stopLoss: number | null
  readonly trailingStop: number | null
  readonly isDeclined: boolean
  readonly isExiting: boolean
  /** The last price that was evaluated, or the entry's. */
  readonly price: number
  readonly stops: readonly LiveStop[]
}

/** The reduce-only positions of a shard, with their stops; nothing is locked. */
export async function guardedPositions(db: Db, shard: number): Promise<GuardedPosition[]> {
  const { rows } = await sql<{
    id: string
    user_id: string
    account_id: string
    exchange: string
    symbol: string
    side: Side
    is_stray: boolean
    qty_open: string
    rules: ExitRules
    stop_loss: string | null
    trailing_sl: string | null
    is_declined: boolean
    is_exiting: boolean
    price: string
    stops: LiveStop[]
  }>`
    select p.id, p.user_id, p.account_id, account.exchange, p.symbol, p.side, p.state = 'stray' as is_stray, p.qty_open,
      p.rules, watch.stop_loss, watch.trailing_sl, p.stop_declined_at is not null as is_declined,
      coalesce(live.is_exiting, false) as is_exiting, coalesce(watch.last_price, watch.entry_price) as price,
      coalesce(live.stops, '[]') as stops
    from monitored_positions watch
    join positions p on p.id = watch.position_id
    join accounts account on account.id = p.account_id
    cross join lateral (
      select bool_or(purpose = 'exit') as is_exiting,
        jsonb_agg(jsonb_build_object('orderId', orders.id, 'plan', attempt, 'state', ${believedState}, 'price', stop_price::float8,
          'left', ${leftOfStop}::text, 'isToBeCanceled', cancel_requested_at is not null))
          filter (where purpose = 'stop') as stops
      from orders where position_id = p.id and purpose <> 'entry' and state <> all (${endings}::text[])
    ) live
    where watch.shard = ${shard} and watch.is_active and p.state in ('open', 'closing', 'stray') and p.qty_open > 0
      and (p.rules ->> 'reduceOnly')::boolean
    order by p.id`.execute(db)
  return rows.map((row) => ({
    positionId: row.id,
    userId: row.user_id,
    accountId: row.account_id,
    exchange: row.exchange,
    symbol: row.symbol,
    side: row.side,
    isStray: row.is_stray,
    quantity: row.qty_open,
    rules: row.rules,
    stopLoss: row.stop_loss === null ? null : Number(row.stop_loss),
    trailingStop: row.trailing_sl === null ? null : Number(row.trailing_sl),
    isDeclined: row.is_declined,
    isExiting: row.is_exiting,
    price: Number(row.price),
    stops: row.stops,
  }))
}
