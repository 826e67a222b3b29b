import type { Selectable } from 'kysely'
import type { Db } from './client.ts'
import type { AuthSession } from './database.ts'

/** Somebody's being signed in on one device. */
export interface Session {
  readonly id: string
  readonly createdAt: Date
  /** When it was last used, to ten minutes. */
  readonly usedAt: Date
  readonly expiresAt: Date
  /** Where it was begun from. */
  readonly address: string | null
  readonly userAgent: string | null
}

/** The sessions of a user that are not over, the last used first. */
export async function sessionsOf(db: Db, userId: string): Promise<Session[]> {
  const rows = await db
    .selectFrom('auth.session')
    .selectAll()
    .where('userId', '=', userId)
    .where('expiresAt', '>', new Date())
    .orderBy('updatedAt', 'desc')
    .orderBy('id')
    .execute()
  return rows.map(toSession)
}

/** Ends one session of a user; false when there is no such one. */
export async function endSession(db: Db, userId: string, sessionId: string): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom('auth.session')
    .where('userId', '=', userId)
    .where('id', '=', sessionId)
    .executeTakeFirst()
  return numDeletedRows > 0n
}

/** Ends every session of a user but the one that is kept, and says how many. */
export async function endSessions(db: Db, userId: string, kept?: string): Promise<number> {
  let ending = db.deleteFrom('auth.session').where('userId', '=', userId)
  if (kept !== undefined) ending = ending.where('id', '<>', kept)
  const { numDeletedRows } = await ending.executeTakeFirst()
  return Number(numDeletedRows)
}

/** Notes that a session's person has just proven who they are. */
export async function proveSession(db: Db, sessionId: string, at: Date): Promise<void> {
  await db.updateTable('auth.session').set({ provenAt: at }).where('id', '=', sessionId).execute()
}

/** Forgets the sessions and challenges of everybody that are over: nothing opens with them. */
export async function forgetOverSessions(db: Db): Promise<void> {
  const now = new Date()
  await db.deleteFrom('auth.session').where('expiresAt', '<', now).execute()
  await db.deleteFrom('auth.verification').where('expiresAt', '<', now).execute()
}

function toSession(row: Selectable<AuthSession>): Session {
  return {
    id: row.id,
    createdAt: row.createdAt,
    usedAt: row.updatedAt,
    expiresAt: row.expiresAt,
    address: row.ipAddress,
    userAgent: row.userAgent,
  }
}
