import { sql } from 'kysely'
import type { MadeDelivery, WantedDelivery } from '#src/domain/alerts/route.ts'
import type { AlertChannel, Severity } from '#src/domain/alerts/severity.ts'
import type { AlertFacts } from './alerts.ts'
import type { Db } from './client.ts'

/** A message that waits, or has waited, to go out. */
export interface Delivery {
  readonly id: string
  readonly alertId: string
  /** To whom; null for the operator's own chat. */
  readonly userId: string | null
  readonly channel: AlertChannel
  readonly step: number
  /** How often it was tried, this time included. */
  readonly attempts: number
  readonly createdAtMs: number
}

/** An alert as it is told. */
export interface ToldAlert {
  readonly id: string
  /** Null for the operator's. */
  readonly userId: string | null
  readonly accountId: string | null
  readonly accountName: string | null
  /** paper, testnet or live. */
  readonly accountMode: string | null
  readonly positionId: string | null
  readonly kind: string
  readonly subject: string | null
  readonly severity: Severity
  readonly title: string
  readonly text: string
  readonly advice: string | null
  readonly facts: AlertFacts
  readonly raisedAt: Date
  readonly repeats: number
  readonly isAcknowledged: boolean
}

/** Alerts that are to be looked at, the oldest first, with the messages that were made of each. */
export async function alertsToRoute(
  db: Db,
  now: Date,
  limit: number,
): Promise<
  (Pick<ToldAlert, 'id' | 'userId' | 'kind' | 'subject' | 'severity' | 'raisedAt' | 'isAcknowledged'> & {
    readonly made: readonly MadeDelivery[]
  })[]
> {
  const rows = await db
    .selectFrom('alerts')
    .select(['id', 'user_id', 'kind', 'subject', 'severity', 'raised_at', 'acknowledged_at'])
    .where('route_at', '<=', now)
    .orderBy('route_at')
    .limit(limit)
    .execute()
  if (rows.length === 0) return []
  const made = await db
    .selectFrom('alert_deliveries')
    .select(['alert_id', 'user_id', 'channel', 'step', 'state', 'attempts'])
    .where(
      'alert_id',
      'in',
      rows.map(({ id }) => id),
    )
    .execute()
  const byAlert = Map.groupBy(made, (row) => row.alert_id)
  return rows.map((row) => ({
    id: row.id,
    userId: row.user_id,
    kind: row.kind,
    subject: row.subject,
    severity: row.severity as Severity,
    raisedAt: row.raised_at,
    isAcknowledged: row.acknowledged_at !== null,
    made: (byAlert.get(row.id) ?? []).map(({ user_id, channel, step, state, attempts }) => ({
      userId: user_id,
      channel: channel as AlertChannel,
      step,
      state: state as MadeDelivery['state'],
      attempts,
    })),
  }))
}

/** Writes the messages that an alert asks for, and when it is to be looked at again. */
export async function saveRoute(
  tx: Db,
  alertId: string,
  {
    send,
    nextAt,
    now,
  }: { readonly send: readonly WantedDelivery[]; readonly nextAt: Date | null; readonly now: Date },
): Promise<void> {
  if (send.length > 0)
    await tx
      .insertInto('alert_deliveries')
      .values(
        send.map(({ userId, channel, step }) => ({
          alert_id: alertId,
          user_id: userId,
          channel,
          step,
          created_at: now,
          next_try_at: now,
        })),
      )
      .onConflict((conflict) => conflict.columns(['alert_id', 'user_id', 'channel', 'step']).doNothing())
      .execute()
  await tx.updateTable('alerts').set({ route_at: nextAt }).where('id', '=', alertId).execute()
}

/**
 * The messages that are due and were not asked for within `quietMs`; each is marked as asked for. `wake` counts up: a queue
 * would swallow a repeated id.
 */
export async function takeDueDeliveries(
  db: Db,
  { now, quietMs, limit }: { readonly now: Date; readonly quietMs: number; readonly limit: number },
): Promise<{ readonly id: string; readonly wake: number }[]> {
  const rows = await db
    .updateTable('alert_deliveries')
    .set({ wakes: sql<number>`wakes + 1`, woken_at: now })
    .where('id', 'in', (due) =>
      due
        .selectFrom('alert_deliveries')
        .select('id')
        .where('state', '=', 'waiting')
        .where('next_try_at', '<=', now)
        .where((or) =>
          or.or([or('woken_at', 'is', null), or('woken_at', '<=', new Date(now.getTime() - quietMs))]),
        )
        .orderBy('next_try_at')
        .limit(limit)
        .forUpdate()
        .skipLocked(),
    )
    .returning(['id', 'wakes'])
    .execute()
  return rows.map(({ id, wakes }) => ({ id, wake: wakes }))
}

/**
 * Takes a message that is due to be tried now; undefined when it is not due, or somebody else tries. Whoever takes it and is
 * not heard of for `leaseMs` has lost it: it is tried again.
 */
export async function takeDelivery(
  db: Db,
  deliveryId: string,
  { now, leaseMs }: { readonly now: Date; readonly leaseMs: number },
): Promise<Delivery | undefined> {
  const row = await db
    .updateTable('alert_deliveries')
    .set({
      attempts: sql<number>`attempts + 1`,
      next_try_at: new Date(now.getTime() + leaseMs),
      woken_at: null,
    })
    .where('id', '=', deliveryId)
    .where('state', '=', 'waiting')
    .where('next_try_at', '<=', now)
    .returning(['id', 'alert_id', 'user_id', 'channel', 'step', 'attempts', 'created_at'])
    .executeTakeFirst()
  return (
    row && {
      id: row.id,
      alertId: row.alert_id,
      userId: row.user_id,
      channel: row.channel as AlertChannel,
      step: row.step,
      attempts: row.attempts,
      createdAtMs: row.created_at.getTime(),
    }
  )
}

/** Ends a message: it went out, or never will, for a reason. False when somebody else has ended it. */
export async function endDelivery(
  db: Db,
  deliveryId: string,
  ending:
    | { readonly state: 'sent'; readonly at: Date }
    | { readonly state: 'refused' | 'given_up'; readonly at: Date; readonly reason: string },
): Promise<boolean> {
  const rows = await db
    .updateTable('alert_deliveries')
    .set({
      state: ending.state,
      ended_at: ending.at,
      ...('reason' in ending && { reason: ending.reason.slice(0, 500) }),
    })
    .where('id', '=', deliveryId)
    .where('state', '=', 'waiting')
    .returning('id')
    .execute()
  return rows.length > 0
}

/** Has a message tried again at a time, with what went wrong. */
export async function putOff(
  db: Db,
  deliveryId: string,
  { at, reason }: { readonly at: Date; readonly reason: string },
): Promise<void> {
  await db
    .updateTable('alert_deliveries')
    .set({ next_try_at: at, reason: reason.slice(0, 500), woken_at: null })
    .where('id', '=', deliveryId)
    .where('state', '=', 'waiting')
    .execute()
}

/** An alert as it is told, with the name of its account. */
export async function toldAlert(db: Db, alertId: string): Promise<ToldAlert> {
  const row = await db
    .selectFrom('alerts')
    .leftJoin('accounts', 'accounts.id', 'alerts.account_id')
    .selectAll('alerts')
    .select(['accounts.name as account_name', 'accounts.mode as account_mode'])
    .where('alerts.id', '=', alertId)
    .executeTakeFirstOrThrow()
  return {
    id: row.id,
    userId: row.user_id,
    accountId: row.account_id,
    accountName: row.account_name,
    accountMode: row.account_mode,
    positionId: row.position_id,
    kind: row.kind,
    subject: row.subject,
    severity: row.severity as Severity,
    title: row.title,
    text: row.text,
    advice: row.advice,
    facts: row.facts as AlertFacts,
    raisedAt: row.raised_at,
    repeats: row.repeats,
    isAcknowledged: row.acknowledged_at !== null,
  }
}
