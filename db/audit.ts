import type { Db } from './client.ts'

/** Something a person did that others may ask about later. */
export interface AuditEntry {
  /** Whose it concerns; absent for what concerns everybody. */
  readonly userId?: string
  readonly actor: string
  readonly action: string
  readonly target?: string
  /** Ids, modes and reasons; never a secret. */
  readonly details?: object
}

/** Writes down who did what, in the transaction that does it. Rows are never changed nor deleted. */
export async function recordAudit(db: Db, entry: AuditEntry): Promise<void> {
  await db
    .insertInto('audit_log')
    .values({
      user_id: entry.userId ?? null,
      actor: entry.actor,
      action: entry.action,
      target: entry.target ?? null,
      details: JSON.stringify(entry.details ?? {}),
    })
    .execute()
}
