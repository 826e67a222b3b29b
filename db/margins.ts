import { sql } from 'kysely'
import type { JudgedPosition } from '#src/domain/exits/judge-margin.ts'
import type { MarginReading } from '#src/domain/exits/margin-reading.ts'
import type { Exchange, Market, Mode } from '#src/domain/market.ts'
import type { Db } from './client.ts'

/** An account whose margin is watched, with its living positions and what the venue last said. */
export interface MarginAccount {
  readonly id: string
  readonly userId: string
  readonly exchange: Exchange
  readonly market: Market
  readonly mode: Mode
  readonly reading: MarginReading | null
  readonly positions: readonly JudgedPosition[]
}

/** The accounts that hold something on margin in a shard, each with its positions of all shards. */
export async function marginAccounts(db: Db, shard: number): Promise<MarginAccount[]> {
  const { rows } = await sql<{
    id: string
    user_id: string
    exchange: Exchange
    market: Market
    mode: Mode
    margin: MarginReading | null
    positions: JudgedPosition[]
  }>`
    select a.id, a.user_id, a.exchange, a.market, a.mode, a.margin, held.positions
    from accounts a
    cross join lateral (
      select jsonb_agg(jsonb_build_object('positionId', p.id, 'symbol', p.symbol, 'side', p.side,
        'quantity', p.qty_open::float8, 'entryPrice', p.entry_price::float8, 'halvedMsAgo', (
          select extract(epoch from clock_timestamp() - max(o.planned_at))::float8 * 1000
          from order_slots slot join orders o on o.id = slot.order_id
          where slot.position_id = p.id and slot.slot like 'reduce:%'
            and o.state not in ('abandoned', 'rejected', 'not_at_venue')
        )) order by p.symbol, p.id) as positions
      from positions p
      where p.account_id = a.id and p.state in ('open', 'closing', 'stray') and p.qty_open > 0 and p.entry_price is not null
    ) held
    where held.positions is not null and a.id in (
      select p.account_id from monitored_positions watch join positions p on p.id = watch.position_id
      where watch.shard = ${shard} and watch.is_active and p.qty_open > 0 and (watch.rules ->> 'reduceOnly')::boolean
    )
    order by a.id`.execute(db)
  return rows.map(({ user_id: userId, margin: reading, ...row }) => ({ ...row, userId, reading }))
}

/** How often an account's margin may be asked for: its own least, and a part of what its venue's address may ask for. */
export interface MarginPace {
  readonly leastMs: number
  /** What each account that was asked within `withinMs` adds. */
  readonly eachMs: number
  readonly withinMs: number
}

/** Takes the turn to ask a venue for an account's margin, by the database's clock: one worker at a time, within the pace. */
export async function takeMarginTurn(
  db: Db,
  account: Pick<MarginAccount, 'id' | 'exchange' | 'market' | 'mode'>,
  { leastMs, eachMs, withinMs }: MarginPace,
): Promise<boolean> {
  const { rows } = await sql`
    update accounts set margin_asked_at = clock_timestamp()
    where id = ${account.id} and (margin_asked_at is null or margin_asked_at < clock_timestamp()
      - greatest(${leastMs}::float8, ${eachMs}::float8 * (
        select count(*) from accounts neighbour
        where neighbour.exchange = ${account.exchange} and neighbour.market = ${account.market}
          and neighbour.mode = ${account.mode}
          and neighbour.margin_asked_at > clock_timestamp() - ${withinMs} * interval '1 millisecond'
      )) * interval '1 millisecond')
    returning id`.execute(db)
  return rows.length > 0
}

/** Keeps what the venue said of an account's margin. */
export async function saveMargin(db: Db, accountId: string, reading: MarginReading): Promise<void> {
  await db
    .updateTable('accounts')
    .set({ margin: JSON.stringify(reading) })
    .where('id', '=', accountId)
    .execute()
}

/** Whether the user of an account is to be warned of a liquidation now: once per `everyMs`, whoever asks. */
export async function takeMarginWarning(db: Db, accountId: string, everyMs: number): Promise<boolean> {
  const { rows } = await sql`
    update accounts set margin_warned_at = clock_timestamp()
    where id = ${accountId} and (margin_warned_at is null
      or margin_warned_at <= clock_timestamp() - ${everyMs} * interval '1 millisecond')
    returning id`.execute(db)
  return rows.length > 0
}
