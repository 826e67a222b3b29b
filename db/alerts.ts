import { sql } from 'kysely'
import { type Severity, severities } from '#src/domain/alerts/severity.ts'
import { redact, redactText } from '#src/redact.ts'
import type { Db } from './client.ts'

/** The same alert within this time is a repeat of the first. */
const oncePer = '15 minutes'

/** What goes with an alert, by the names that people read: amounts, prices and ids; null for what is not known. */
export type AlertFacts = Readonly<Record<string, string | number | boolean | null>>

/** Something a person should hear of. Which channels it goes to is decided when it is sent, by its user's wishes. */
export interface NewAlert {
  /** A stable name such as `order-stuck`. */
  readonly kind: string
  readonly severity: Severity
  /** Null for the operator: every administrator, and the chat that the configuration names. */
  readonly userId: string | null
  readonly accountId?: string
  readonly positionId?: string
  /** What it is about where neither account nor position say it: a worker, a queue, an order. */
  readonly subject?: string
  /** A line without an ending: what happened, with the symbol or the name it happened to. */
  readonly title: string
  /** What happened and what Bullpen did about it, in whole sentences. */
  readonly text: string
  /** What the reader can do, when there is something. */
  readonly advice?: string
  readonly facts?: AlertFacts
}

/**
 * Raises an alert: one insert, in the caller's transaction, so that it is there exactly when its cause is. The same one
 * (kind, user, account, position, subject) within 15 min only counts up, unless it has become worse. Secrets are taken out
 * of all texts, and what is too long is cut: whoever raises an alert is never made to fail by it.
 *
 * It holds a lock on alerts of the same kind and place until the transaction ends, so it comes last there.
 */
export async function raiseAlert(
  db: Db,
  alert: NewAlert,
): Promise<{ readonly id: string; readonly isNew: boolean }> {
  const { kind, severity, userId, accountId = null, positionId = null } = alert
  const subject = alert.subject === undefined ? null : written(alert.subject, 200)
  const severer = severities.slice(severities.indexOf(severity) + 1)
  const isOver = sql<boolean>`(alerts.raised_at <= clock_timestamp() - ${oncePer}::interval
    or alerts.severity = any(${severer}))`
  for (;;) {
    const { rows } = await sql<{ id: string; is_new: boolean }>`
      insert into alerts (user_id, account_id, position_id, kind, subject, severity, title, text, advice, facts)
      values (${userId}, ${accountId}, ${positionId}, ${kind}, ${subject}, ${severity}, ${written(alert.title, 200)},
        ${written(alert.text, 2_000)}, ${alert.advice === undefined ? null : written(alert.advice, 1_000)},
        ${JSON.stringify(facts(alert.facts))})
      on conflict (kind, user_id, account_id, position_id, subject) where is_latest
        do update set repeats = alerts.repeats + 1, repeated_at = clock_timestamp() where not ${isOver}
      returning id, repeats = 0 as is_new`.execute(db)
    const [row] = rows
    if (row) return { id: row.id, isNew: row.is_new }
    // The one before is too old to be repeated, or was not as bad: it makes room.
    await db
      .updateTable('alerts')
      .set({ is_latest: false })
      .where('is_latest', '=', true)
      .where('kind', '=', kind)
      .where(sql<boolean>`(user_id, account_id, position_id, subject) is not distinct from
        (${userId}::uuid, ${accountId}::uuid, ${positionId}::uuid, ${subject}::text)`)
      .where(isOver)
      .execute()
  }
}

/** Raises an alert that there is once for all time, such as the report of a day; false when it was raised before. */
export async function raiseOnce(
  db: Db,
  alert: Omit<NewAlert, 'accountId' | 'positionId'> & {
    readonly kind: 'daily-report' | 'monthly-summary'
    readonly subject: string
  },
): Promise<boolean> {
  const row = await db
    .insertInto('alerts')
    .values({
      user_id: alert.userId,
      kind: alert.kind,
      subject: written(alert.subject, 200),
      severity: alert.severity,
      title: written(alert.title, 200),
      text: written(alert.text, 2_000),
      facts: JSON.stringify(facts(alert.facts)),
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .executeTakeFirst()
  return row !== undefined
}

/** Facts as they are kept: without secrets, and with texts that the database takes. */
function facts(given: AlertFacts = {}): unknown {
  const clean = Object.entries(given).map(([name, value]) => [
    name,
    typeof value === 'string' ? written(value, 500) : value,
  ])
  return redact(Object.fromEntries(clean))
}

/** A text as it is kept: without secrets and control characters, at most so long, and never empty. */
function written(text: string, most: number): string {
  const clean = redactText(text)
    .replace(/[^\P{Cc}\n]/gu, ' ')
    .toWellFormed()
  return (clean.length > most ? `${clean.slice(0, most - 1).toWellFormed()}…` : clean).trim() || '–'
}
