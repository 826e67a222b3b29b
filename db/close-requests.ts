import { sql } from 'kysely'
import type { Db } from './client.ts'

/** Somebody's wish that one position be closed, until it is. */
export interface CloseRequest {
  readonly id: string
  readonly positionId: string
  readonly askedBy: string
  readonly askedAt: Date
  /** Why it is not over yet, in words; null before the first step. */
  readonly waitsFor: string | null
  readonly endedAt: Date | null
}

/**
 * Asks for a position to be closed, in the caller's transaction; one that is asked for already stays so. When that is
 * committed workers see to it, whether the queue is there or not.
 */
export async function askToClose(
  db: Db,
  wish: { readonly userId: string; readonly positionId: string; readonly askedBy: string },
): Promise<{ readonly request: CloseRequest; readonly isNew: boolean }> {
  const made = await db
    .insertInto('close_requests')
    .values({ user_id: wish.userId, position_id: wish.positionId, asked_by: wish.askedBy })
    .onConflict((conflict) => conflict.column('position_id').where('ended_at', 'is', null).doNothing())
    .returning('id')
    .executeTakeFirst()
  const open = await latestCloseRequest(db, wish.positionId)
  if (!open) throw new Error(`the close of position ${wish.positionId} is not there, though it was asked for`)
  return { request: open, isNew: made !== undefined }
}

/** The newest wish to close a position; undefined when there never was one. */
export async function latestCloseRequest(db: Db, positionId: string): Promise<CloseRequest | undefined> {
  const row = await db
    .selectFrom('close_requests')
    .selectAll()
    .where('position_id', '=', positionId)
    .orderBy('asked_at', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row && toRequest(row)
}

/** Takes the open wishes that nobody has advanced for `quietMs`; of many workers one gets each. */
export async function takeCloseRequests(db: Db, quietMs: number): Promise<CloseRequest[]> {
  const quiet = sql<Date>`clock_timestamp() - ${quietMs} * interval '1 millisecond'`
  const rows = await db
    .updateTable('close_requests')
    .set({ advanced_at: sql<Date>`clock_timestamp()` })
    .where('id', 'in', (due) =>
      due
        .selectFrom('close_requests')
        .select('id')
        .where('ended_at', 'is', null)
        .where((or) => or.or([or('advanced_at', 'is', null), or('advanced_at', '<', quiet)]))
        .forUpdate()
        .skipLocked(),
    )
    .returningAll()
    .execute()
  return rows.map(toRequest)
}

/** Writes down what a close waits for; undefined ends it. */
export async function noteClosing(db: Db, requestId: string, waitsFor: string | undefined): Promise<void> {
  await db
    .updateTable('close_requests')
    .set({
      waits_for: waitsFor ?? null,
      ended_at: waitsFor === undefined ? sql<Date>`clock_timestamp()` : null,
    })
    .where('id', '=', requestId)
    .where('ended_at', 'is', null)
    .execute()
}

interface RequestRow {
  id: string
  position_id: string
  asked_by: string
  asked_at: Date
  waits_for: string | null
  ended_at: Date | null
}

function toRequest(row: RequestRow): CloseRequest {
  return {
    id: row.id,
    positionId: row.position_id,
    askedBy: row.asked_by,
    askedAt: row.asked_at,
    waitsFor: row.waits_for,
    endedAt: row.ended_at,
  }
}
