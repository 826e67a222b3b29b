import { sql } from 'kysely'
import type { Db } from './client.ts'

/** A part of one limit of a venue that is asked for. Weights in the venue's own units. */
export interface AllowanceWish {
  /** Exchange, market and mode: 'binance spot live'. */
  readonly place: string
  readonly name: string
  /** Whose limit it is; undefined: everyone's behind this address. */
  readonly accountId: string | undefined
  readonly cost: number
  /** What must stay for others. */
  readonly reserve: number
  readonly burst: number
  readonly perSecond: number
}

/**
 * Takes a part of a limit for the whole cluster, by the database's clock. 0 when it was granted, else the ms until there
 * would be enough.
 */
export async function takeAllowance(db: Db, wish: AllowanceWish): Promise<number> {
  const { place, name, cost, burst, perSecond } = wish
  const level = sql<number>`least(${burst}::float8, venue_allowances.level
    + ${perSecond}::float8 * extract(epoch from clock_timestamp() - venue_allowances.at)::float8)`
  const key = { place, name, account_id: wish.accountId ?? '' }
  const granted = await db
    .insertInto('venue_allowances')
    .values({ ...key, level: burst - cost, at: sql<Date>`clock_timestamp()` })
    .onConflict((conflict) =>
      conflict
        .columns(['place', 'name', 'account_id'])
        .doUpdateSet({ level: sql`${level} - ${cost}::float8`, at: sql<Date>`clock_timestamp()` })
        .where(sql<boolean>`${level} >= ${cost + wish.reserve}::float8`),
    )
    .returning('place')
    .executeTakeFirst()
  if (granted) return 0
  const { left } = await db
    .selectFrom('venue_allowances')
    .select(level.as('left'))
    .where((row) => row.and(key))
    .executeTakeFirstOrThrow()
  return Math.max(1, Math.ceil(((cost + wish.reserve - left) / perSecond) * 1_000))
}
