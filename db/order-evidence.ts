import { sql } from 'kysely'
import type { Db } from './client.ts'

/** The questions of a round, each of which must be answered. */
export const evidenceKinds = [
  'by-id',
  'open-orders',
  'closed-orders',
  'fills',
  'balance-or-position',
] as const
export type EvidenceKind = (typeof evidenceKinds)[number]

/** One answer of the venue about an order whose outcome is unknown. */
export interface Evidence {
  readonly kind: EvidenceKind
  /** Whether it speaks for the order being there. */
  readonly found: boolean
  readonly details: object
}

/** Every answer of one round, with the venue's clock at its beginning. */
export interface Round {
  readonly serverTimeMs: number
  /** How long ago the first question was asked: rounds are counted from there. */
  readonly tookMs: number
  readonly answers: readonly Evidence[]
}

/** Two rounds that both find nothing lie at least this far apart; the database holds it too. */
const betweenRoundsMs = 5_000

/** Writes a round down, whole. The caller's transaction holds the order's lock, so that rounds are numbered one by one. */
export async function recordRound(
  db: Db,
  order: { readonly id: string; readonly userId: string },
  round: Round,
): Promise<void> {
  const { last } = await db
    .selectFrom('order_evidence')
    .select(({ fn }) => fn.max('round').as('last'))
    .where('order_id', '=', order.id)
    .executeTakeFirstOrThrow()
  await db
    .insertInto('order_evidence')
    .values(
      round.answers.map(({ kind, found, details }) => ({
        user_id: order.userId,
        order_id: order.id,
        round: (last ?? 0) + 1,
        kind,
        found,
        details: JSON.stringify(details),
        server_time: new Date(round.serverTimeMs),
        asked_at: sql<Date>`clock_timestamp() - ${round.tookMs} * interval '1 millisecond'`,
      })),
    )
    .execute()
}

/**
 * Whether two whole rounds of nothing, far enough apart, prove that the order is not at the venue. Of one that was there
 * rounds count from when the venue fell silent about it.
 */
export async function isProvenAbsent(db: Db, orderId: string): Promise<boolean> {
  const { rows } = await sql<{ rounds: number; apart_ms: number | null }>`
    select count(*)::int as rounds, extract(epoch from max(first_asked) - min(first_asked)) * 1000 as apart_ms from (
      select min(asked_at) as first_asked from order_evidence where order_id = ${orderId}
        and asked_at >= coalesce((select silent_since from orders where id = ${orderId}), '-infinity')
      group by round having count(*) = ${evidenceKinds.length} and not bool_or(found)) absent`.execute(db)
  const row = rows[0]
  return row !== undefined && row.rounds >= 2 && Number(row.apart_ms) >= betweenRoundsMs
}

/** What was found of an order, round by round. */
export async function evidenceOf(
  db: Db,
  orderId: string,
): Promise<(Evidence & { readonly round: number })[]> {
  const rows = await db
    .selectFrom('order_evidence')
    .select(['round', 'kind', 'found', 'details'])
    .where('order_id', '=', orderId)
    .orderBy('id')
    .execute()
  return rows.map((row) => ({
    round: row.round,
    kind: row.kind as EvidenceKind,
    found: row.found,
    details: row.details as object,
  }))
}
