import { type RawBuilder, sql } from 'kysely'
import { leftOfStop } from './attached-stops.ts'
import type { Db } from './client.ts'

/** Without a look at a fresh price for longer than this, the monitor does not protect (spec: 5 s). */
const lookLastsMs = 5_000

/** Which positions are judged. */
type GapScope = { readonly positionId: string } | { readonly shard: number }

/**
 * Judges the living positions of a scope as they stand in the database, and keeps `protection_gaps` in line with it. Where
 * a stop is wanted (reduce-only markets, a stop loss is set, the user has not declined it) only a confirmed resting stop
 * for all of the position protects; elsewhere a look at a fresh price within 5 s, unless an exit is `unknown`. A gap
 * begins with what caused it (the fill at the venue, the end of the stop, the end of the last look), not when it is seen.
 */
export async function reviewGaps(db: Db, scope: GapScope): Promise<void> {
  await sql`
    with ${judged(scope)}
    update protection_gaps as gap set ended_at = greatest(gap.began_at, clock_timestamp())
    from judged where gap.position_id = judged.id and gap.ended_at is null and gap.kind is distinct from judged.kind`.execute(
    db,
  )
  await sql`
    with ${judged(scope)}
    insert into protection_gaps (user_id, position_id, kind, reason, began_at)
    select user_id, id, kind,
      case kind when 'no_stop' then 'no stop for all of it rests at the exchange'
        when 'exit_unknown' then 'the outcome of an exit is unknown'
        else 'not evaluated on a fresh price within 5 s' end,
      least(clock_timestamp(), coalesce(began_at, clock_timestamp()))
    from judged where kind is not null
    on conflict do nothing`.execute(db)
}

function judged(scope: GapScope): RawBuilder<unknown> {
  const mine =
    'shard' in scope
      ? sql`p.id in (select position_id from monitored_positions where shard = ${scope.shard} and is_active)`
      : sql`p.id = ${scope.positionId}::uuid`
  return sql`judged as (
    select p.id, p.user_id, verdict.kind,
      case verdict.kind
        when 'no_stop' then greatest(entered.at, stops.ended_at, stops.silent_since)
        when 'exit_unknown' then lost.sent_at
        else coalesce(watch.evaluated_at, entered.at) + ${lookLastsMs} * interval '1 millisecond' end as began_at
    from positions p
    left join monitored_positions watch on watch.position_id = p.id
    cross join lateral (
      select max(fills.filled_at) as at from fills join orders on orders.id = fills.order_id
      where fills.position_id = p.id and orders.purpose = 'entry'
    ) entered
    cross join lateral (
      select max(${leftOfStop}) filter (where state in ('open', 'partially_filled') and silent_since is null) as covered,
        max(ended_at) as ended_at, max(silent_since) as silent_since
      from orders where orders.position_id = p.id and purpose = 'stop'
    ) stops
    cross join lateral (
      select min(sent_at) as sent_at from orders
      where orders.position_id = p.id and purpose = 'exit' and state = 'unknown'
    ) lost
    cross join lateral (
      select case
        when p.state not in ('open', 'closing', 'stray') or p.qty_open = 0 then null
        when (p.rules ->> 'reduceOnly')::boolean and p.stop_declined_at is null
            and coalesce(watch.stop_loss, watch.trailing_sl, p.stop_loss) is not null
          then case when p.qty_open - coalesce(stops.covered, 0) >= (p.rules ->> 'stepSize')::numeric then 'no_stop' end
        when lost.sent_at is not null then 'exit_unknown'
        when coalesce(watch.evaluated_at, entered.at) < clock_timestamp() - ${lookLastsMs} * interval '1 millisecond'
          then 'not_evaluated'
      end as kind
    ) verdict
    where ${mine}
  )`
}

/** A position that has stood without its stop for a time, and what is known of its price. */
export interface Unprotected {
  readonly positionId: string
  readonly userId: string
  readonly accountId: string
  readonly symbol: string
  readonly forMs: number
  /** The last price that was evaluated, or the entry's. */
  readonly price: number
}

/** The watched positions, of a shard or all, whose stop has been missing for `forMs` or more, by the database's clock. */
export async function withoutStop(db: Db, forMs: number, shard?: number): Promise<Unprotected[]> {
  const { rows } = await sql<Record<'id' | 'user_id' | 'account_id' | 'symbol' | 'ms' | 'price', string>>`
    select p.id, p.user_id, p.account_id, p.symbol, extract(epoch from clock_timestamp() - gap.began_at) * 1000 as ms,
      coalesce(watch.last_price, watch.entry_price) as price
    from protection_gaps gap
    join positions p on p.id = gap.position_id
    join monitored_positions watch on watch.position_id = p.id
    where gap.ended_at is null and gap.kind = 'no_stop' and watch.shard = coalesce(${shard ?? null}::int, watch.shard)
      and gap.began_at <= clock_timestamp() - ${forMs} * interval '1 millisecond'`.execute(db)
  return rows.map((row) => ({
    positionId: row.id,
    userId: row.user_id,
    accountId: row.account_id,
    symbol: row.symbol,
    forMs: Number(row.ms),
    price: Number(row.price),
  }))
}

/** How long positions stood unprotected, in seconds. */
export interface UnprotectedSeconds {
  /** Positions that ever held a quantity; those without a gap count as 0 s. */
  readonly positions: number
  readonly p50: number
  readonly p99: number
  readonly max: number
  /** Gaps that are still open; they count up to now. */
  readonly open: number
}

/** Unprotected time per gap, with a 0 for every position that had none, over positions created since a moment. */
export async function unprotectedSeconds(
  db: Db,
  { since, market }: { readonly since: Date; readonly market?: 'spot' | 'futures' },
): Promise<UnprotectedSeconds> {
  const { rows } = await sql<{ positions: number; p50: number; p99: number; max: number; open: number }>`
    select count(distinct held.id)::int as positions,
      coalesce(percentile_cont(0.5) within group (order by seconds), 0)::double precision as p50,
      coalesce(percentile_cont(0.99) within group (order by seconds), 0)::double precision as p99,
      coalesce(max(seconds), 0)::double precision as max,
      (count(*) filter (where is_open))::int as open
    from (
      select p.id, coalesce(extract(epoch from coalesce(gap.ended_at, clock_timestamp()) - gap.began_at), 0) as seconds,
        gap.id is not null and gap.ended_at is null as is_open
      from positions p
      join accounts a on a.id = p.account_id
      left join protection_gaps gap on gap.position_id = p.id
      where p.qty_entered > 0 and p.created_at >= ${since}
        and (${market ?? null}::text is null or a.market = ${market ?? null}::text)
    ) held`.execute(db)
  const [row] = rows
  if (!row) throw new Error('an aggregate without a row')
  return row
}
