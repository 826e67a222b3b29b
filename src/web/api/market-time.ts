import { sql } from 'kysely'
import type { Db } from '#db/client.ts'

/** Where prices come from, and how market time runs: with the wall clock, or in a replay `speed` times as fast. */
export interface MarketPace {
  readonly kind: 'synthetic' | 'replay' | 'live'
  readonly speed: number
}

/**
 * Market time for one tenant: the wall clock, or in a replay the tenant's newest equity snapshot carried forward.
 * Undefined in a replay before the first snapshot.
 */
export async function marketNow(db: Db, { kind, speed }: MarketPace): Promise<Date | undefined> {
  if (kind !== 'replay') return new Date()
  const { rows } = await sql<{ market_now: Date }>`
    select latest.market_at + (clock_timestamp() - latest.at) * ${speed}::double precision as market_now
    from accounts cross join lateral (
      select at, market_at from equity_snapshots where account_id = accounts.id order by at desc limit 1
    ) latest
    order by latest.at desc limit 1`.execute(db)
  return rows[0]?.market_now
}
