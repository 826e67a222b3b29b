import { sql } from 'kysely'
import type { Db } from './client.ts'

/**
 * Lets the rest of an administrator's transaction change halts and close-alls of every place and read the whole audit log and
 * the cluster's figures. The database looks whether its tenant is one; for anybody else it changes nothing.
 */
export async function actForAll(tx: Db): Promise<void> {
  await sql`select set_config('app.for_all', 'on', true)`.execute(tx)
}

/** How many positions are open at a place, and how many of them nothing protects. */
interface PlaceFigures {
  readonly exchange: string
  readonly market: string
  readonly mode: string
  readonly open: number
  readonly unprotected: number
  /** Since when the one that has waited longest stands unprotected; null without one. */
  readonly longestSeconds: number | null
}

/** Open positions of every tenant, as counts. */
export async function positionsByPlace(tx: Db): Promise<PlaceFigures[]> {
  const { rows } = await sql<PlaceFigures & { longest_seconds: number | null }>`
    select * from positions_by_place()`.execute(tx)
  return rows.map(({ longest_seconds: longestSeconds, ...row }) => ({ ...row, longestSeconds }))
}

/** How orders at an exchange fared in the last hour. */
interface OrderFigures {
  readonly exchange: string
  readonly isEntry: boolean
  readonly sent: number
  /** Whose outcome nobody knows, at whatever time they were sent. */
  readonly unknown: number
  readonly rejected: number
  /** From the decision until it was sent, in ms; null without one. */
  readonly sentMs: { readonly p50: number; readonly p95: number } | null
  /** From then until its first fill was booked, of market orders. */
  readonly bookedMs: { readonly p50: number; readonly p95: number } | null
}

/** Orders of every tenant, as counts and times. */
export async function ordersByExchange(tx: Db): Promise<OrderFigures[]> {
  const { rows } = await sql<{
    exchange: string
    is_entry: boolean
    sent: number
    unknown: number
    rejected: number
    sent_p50_ms: number | null
    sent_p95_ms: number | null
    booked_p50_ms: number | null
    booked_p95_ms: number | null
  }>`select * from orders_by_exchange('1 hour')`.execute(tx)
  return rows.map((row) => ({
    exchange: row.exchange,
    isEntry: row.is_entry,
    sent: row.sent,
    unknown: row.unknown,
    rejected: row.rejected,
    sentMs: spread(row.sent_p50_ms, row.sent_p95_ms),
    bookedMs: spread(row.booked_p50_ms, row.booked_p95_ms),
  }))
}

/** Of how many accounts at each exchange a worker hears everything. */
export async function streamsByExchange(
  tx: Db,
): Promise<{ readonly exchange: string; readonly accounts: number; readonly heard: number }[]> {
  const { rows } = await sql<{ exchange: string; accounts: number; heard: number }>`
    select * from streams_by_exchange()`.execute(tx)
  return rows
}

/** How far a close-all of any place is. */
export async function closeProgress(
  tx: Db,
  batchId: string,
): Promise<{ readonly positions: number; readonly closed: number }> {
  const { rows } = await sql<{ positions: number; closed: number }>`
    select * from close_progress(${batchId})`.execute(tx)
  return rows[0] ?? { positions: 0, closed: 0 }
}

/** An account of anybody, by what people call it. */
interface NamedAccount {
  readonly id: string
  readonly userId: string
  readonly name: string
  readonly exchange: string
  readonly market: string
  readonly mode: string
}

/** Every account that is not closed. */
export async function accountsNamed(tx: Db): Promise<NamedAccount[]> {
  const { rows } = await sql<Omit<NamedAccount, 'userId'> & { user_id: string }>`
    select * from accounts_named()`.execute(tx)
  return rows.map(({ user_id: userId, ...row }) => ({ ...row, userId }))
}

/** Whether a signal or a position of anybody names a pair. */
export async function isPairKnown(tx: Db, pair: string): Promise<boolean> {
  const { rows } = await sql<{ known: boolean }>`select is_pair_known(${pair}) as known`.execute(tx)
  return rows[0]?.known ?? false
}

function spread(p50: number | null, p95: number | null) {
  return p50 === null || p95 === null ? null : { p50, p95 }
}
