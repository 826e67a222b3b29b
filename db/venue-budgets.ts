import { sql } from 'kysely'
import type { Db } from './client.ts'

/** A time in which a venue takes no requests, of everyone behind this address or of one account. */
export interface VenuePause {
  /** Exchange, market and mode: 'binance spot live'. */
  readonly place: string
  /** Whom it concerns; undefined: everyone behind this address. */
  readonly accountId?: string
  readonly forMs: number
  readonly reason: string
}

/** Writes down that a venue takes no requests for a while, for the whole cluster; a longer pause is not shortened. */
export async function pauseVenue(db: Db, { place, accountId, forMs, reason }: VenuePause): Promise<void> {
  const until = sql<Date>`clock_timestamp() + ${forMs} * interval '1 millisecond'`
  await db
    .insertInto('venue_budgets')
    .values({ place, account_id: accountId ?? '', paused_until: until, reason })
    .onConflict((conflict) =>
      conflict
        .columns(['place', 'account_id'])
        .doUpdateSet({ paused_until: until, reason })
        .where('venue_budgets.paused_until', '<', until),
    )
    .execute()
}

/** The pauses of a place that are in force, with what is left of each by the database's clock. */
export async function pausesOf(db: Db, place: string): Promise<VenuePause[]> {
  return (await inForce(db).where('place', '=', place).execute()).map(toPause)
}

/** Every pause that is in force. */
export async function pausesInForce(db: Db): Promise<VenuePause[]> {
  return (await inForce(db).orderBy('place').execute()).map(toPause)
}

function inForce(db: Db) {
  return db
    .selectFrom('venue_budgets')
    .select(['place', 'account_id', 'reason'])
    .select(sql<number>`extract(epoch from paused_until - clock_timestamp()) * 1000`.as('left_ms'))
    .where('paused_until', '>', sql<Date>`clock_timestamp()`)
}

function toPause(row: { place: string; account_id: string; reason: string; left_ms: number }): VenuePause {
  return {
    place: row.place,
    ...(row.account_id !== '' && { accountId: row.account_id }),
    forMs: Number(row.left_ms),
    reason: row.reason,
  }
}
