import { sql } from 'kysely'
import type { DecimalText } from '#src/domain/decimal.ts'
import type { Db } from './client.ts'

/** What an entry on its way takes from the account's limits, in quote. */
export interface RiskReservation {
  readonly positionId: string
  readonly notional: DecimalText
  readonly margin: DecimalText
  /** Loss at the stop. */
  readonly risk: DecimalText
}

/** Reserves for an entry; a later attempt of the same position reserves anew. */
export async function reserveRisk(
  db: Db,
  owner: { readonly userId: string; readonly accountId: string },
  reservation: RiskReservation,
): Promise<void> {
  const { notional, margin, risk } = reservation
  await db
    .insertInto('risk_reservations')
    .values({
      user_id: owner.userId,
      account_id: owner.accountId,
      position_id: reservation.positionId,
      notional,
      margin,
      risk,
    })
    .onConflict((conflict) =>
      conflict
        .column('position_id')
        .doUpdateSet({ notional, margin, risk, released_at: null, created_at: sql<Date>`clock_timestamp()` }),
    )
    .execute()
}

/** Gives back what an entry had reserved: it has ended, and what filled of it counts by itself. */
export async function releaseRisk(db: Db, positionId: string): Promise<void> {
  await db
    .updateTable('risk_reservations')
    .set({ released_at: sql<Date>`clock_timestamp()` })
    .where('position_id', '=', positionId)
    .where('released_at', 'is', null)
    .execute()
}

/** What entries on their way hold of an account's limits. */
export async function liveReservationsOf(db: Db, accountId: string): Promise<RiskReservation[]> {
  const rows = await db
    .selectFrom('risk_reservations')
    .select(['position_id', 'notional', 'margin', 'risk'])
    .where('account_id', '=', accountId)
    .where('released_at', 'is', null)
    .execute()
  return rows.map((row) => ({
    positionId: row.position_id,
    notional: row.notional,
    margin: row.margin,
    risk: row.risk,
  }))
}

/** What an entry had reserved, released or not. */
export async function findReservation(db: Db, positionId: string): Promise<RiskReservation | undefined> {
  const row = await db
    .selectFrom('risk_reservations')
    .select(['position_id', 'notional', 'margin', 'risk'])
    .where('position_id', '=', positionId)
    .executeTakeFirst()
  return row && { positionId: row.position_id, notional: row.notional, margin: row.margin, risk: row.risk }
}
