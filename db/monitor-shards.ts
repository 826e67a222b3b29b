import { sql } from 'kysely'
import type { Db } from './client.ts'

/** How the monitor's shards are kept: how many there are, and how often each is to be swept, in ms. */
export interface ShardPlan {
  readonly shards: number
  readonly everyMs: number
}

/** Says when a shard was swept last, for those who count missed ticks. */
export async function markSwept(db: Db, shard: number, workerId: string): Promise<void> {
  await db
    .insertInto('monitor_shards')
    .values({ shard, worker_id: workerId, swept_at: sql<Date>`clock_timestamp()` })
    .onConflict((conflict) =>
      conflict.column('shard').doUpdateSet({ worker_id: workerId, swept_at: sql<Date>`clock_timestamp()` }),
    )
    .execute()
}

/**
 * Counts the ticks that nobody kept, and returns their shards: a tick is missed when the sweep after the last one is late
 * by half an interval, and again each interval from then. A shard that has never been swept is watched from its first look.
 */
export async function countMissedTicks(db: Db, { shards, everyMs }: ShardPlan): Promise<number[]> {
  await sql`
    insert into monitor_shards (shard, missed_at)
    select shard, clock_timestamp() from generate_series(0, ${shards} - 1) as shard
    on conflict do nothing`.execute(db)
  const { rows } = await sql<{ shard: number }>`
    update monitor_shards set missed_ticks = missed_ticks + 1, missed_at = clock_timestamp()
    where shard < ${shards}
      and greatest(swept_at + ${everyMs * 1.5} * interval '1 ms', missed_at + ${everyMs} * interval '1 ms')
        < clock_timestamp()
    returning shard`.execute(db)
  return rows.map(({ shard }) => shard)
}

/** The shards whose last sweep is at least so old by now. */
export async function lateShards(db: Db, { shards, everyMs }: ShardPlan): Promise<number[]> {
  const { rows } = await sql<{ shard: number }>`
    select wanted.shard from generate_series(0, ${shards} - 1) as wanted (shard)
    left join monitor_shards as known using (shard)
    where known.swept_at is null or known.swept_at <= clock_timestamp() - ${everyMs} * interval '1 ms'
    order by wanted.shard`.execute(db)
  return rows.map(({ shard }) => shard)
}

/** How one shard of the monitor fares. */
export interface ShardState {
  readonly shard: number
  /** Positions that are watched. */
  readonly positions: number
  /** Null: it has never been swept. */
  readonly sweptSecondsAgo: number | null
  /** Ticks that nobody kept, in all. */
  readonly missedTicks: number
}

/** How each shard fares, by number. */
export async function shardStates(db: Db, shards: number): Promise<ShardState[]> {
  const { rows } = await sql<{ shard: number; positions: string; ago: number | null; missed: string }>`
    select wanted.shard, extract(epoch from clock_timestamp() - known.swept_at)::float8 as ago,
      coalesce(known.missed_ticks, 0) as missed,
      (select count(*) from monitored_positions as watch where watch.shard = wanted.shard and watch.is_active) as positions
    from generate_series(0, ${shards} - 1) as wanted (shard) left join monitor_shards as known using (shard)
    order by wanted.shard`.execute(db)
  return rows.map(({ shard, positions, ago, missed }) => ({
    shard,
    positions: Number(positions),
    sweptSecondsAgo: ago,
    missedTicks: Number(missed),
  }))
}
