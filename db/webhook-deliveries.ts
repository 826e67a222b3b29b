import { sql } from 'kysely'
import type { SignalDraft } from '#src/domain/signal.ts'
import type { Db } from './client.ts'
import type { Webhook } from './webhooks.ts'

/** `received` waits for a worker, which takes or refuses it. */
export type DeliveryState = 'received' | 'taken' | 'refused'

/** What came to a webhook: its body, at most 2,000 characters of it, and the SHA-256 of all of it. */
export interface Arrival {
  readonly body: string
  readonly digest: Buffer
}

/** A delivery that is stored. */
export interface StoredDelivery {
  readonly id: string
  readonly state: DeliveryState
  readonly reason: string | null
  /** Whether the body was the same as this time. */
  readonly isSameBody: boolean
}

/** Stores a delivery that may be taken; of one that was stored under its key before, what has become of it. */
export async function storeDelivery(
  db: Db,
  { id: webhookId, userId }: Pick<Webhook, 'id' | 'userId'>,
  arrival: Arrival & { readonly key: string; readonly wish: SignalDraft },
): Promise<{ readonly isNew: boolean; readonly delivery: StoredDelivery }> {
  const { body, digest, key, wish } = arrival
  const made = await db
    .insertInto('webhook_deliveries')
    .values({
      webhook_id: webhookId,
      user_id: userId,
      key,
      digest,
      body,
      state: 'received',
      wish: JSON.stringify(wish),
    })
    .onConflict((conflict) => conflict.columns(['webhook_id', 'key']).doNothing())
    .returning('id')
    .executeTakeFirst()
  if (made)
    return { isNew: true, delivery: { id: made.id, state: 'received', reason: null, isSameBody: true } }
  const row = await db
    .selectFrom('webhook_deliveries')
    .select(['id', 'state', 'reason', 'digest'])
    .where('webhook_id', '=', webhookId)
    .where('key', '=', key)
    .executeTakeFirstOrThrow()
  const { id, state, reason } = row
  const isSameBody = row.digest.equals(digest)
  return { isNew: false, delivery: { id, state: state as DeliveryState, reason, isSameBody } }
}

/** Stores what was not taken and why. */
export async function storeRefusal(
  db: Db,
  { id: webhookId, userId }: Pick<Webhook, 'id' | 'userId'>,
  { body, digest, reason }: Arrival & { readonly reason: string },
): Promise<void> {
  await db
    .insertInto('webhook_deliveries')
    .values({
      webhook_id: webhookId,
      user_id: userId,
      digest,
      body,
      state: 'refused',
      reason,
      handled_at: sql<Date>`now()`,
    })
    .execute()
}

/** Forgets deliveries that are older than a day, but for the newest 500 of a webhook: what may come again is known. */
export async function forgetDeliveries(db: Db, webhookId: string): Promise<void> {
  await sql`
    delete from webhook_deliveries where webhook_id = ${webhookId}::uuid and received_at < now() - interval '1 day'
      and received_at < (select received_at from webhook_deliveries where webhook_id = ${webhookId}::uuid
        order by received_at desc offset 499 limit 1)`.execute(db)
}

/** A delivery that waits to be taken, of any user. */
export interface WaitingDelivery {
  readonly id: string
  readonly userId: string
  readonly webhook: string
  /** Its signals are for everyone, when its owner may say so. */
  readonly isForEveryone: boolean
  readonly isOwnerAdmin: boolean
  readonly isRemoved: boolean
  readonly wish: SignalDraft
  readonly waitedMs: number
}

/** The deliveries that wait, of all users, oldest first. */
export async function waitingDeliveries(db: Db, limit: number): Promise<WaitingDelivery[]> {
  const rows = await db
    .selectFrom('webhook_deliveries as delivery')
    .innerJoin('webhooks as webhook', 'webhook.id', 'delivery.webhook_id')
    .innerJoin('auth.user as owner', 'owner.id', 'delivery.user_id')
    .select(['delivery.id', 'delivery.user_id', 'delivery.wish', 'webhook.name', 'webhook.is_for_everyone'])
    .select(['webhook.removed_at', 'owner.role'])
    .select(
      sql<number>`(extract(epoch from clock_timestamp() - delivery.received_at) * 1000)::float8`.as(
        'waited_ms',
      ),
    )
    .where('delivery.state', '=', 'received')
    .orderBy('delivery.received_at')
    .limit(limit)
    .execute()
  return rows.map((row) => ({
    id: row.id,
    userId: row.user_id,
    webhook: row.name,
    isForEveryone: row.is_for_everyone,
    isOwnerAdmin: row.role === 'admin',
    isRemoved: row.removed_at !== null,
    wish: row.wish as unknown as SignalDraft,
    waitedMs: row.waited_ms,
  }))
}

/** Says what became of a delivery that waited: the signal it is, or why it is none. */
export async function handleDelivery(
  db: Db,
  deliveryId: string,
  outcome: { readonly signalId: string } | { readonly reason: string },
): Promise<void> {
  await db
    .updateTable('webhook_deliveries')
    .set({
      handled_at: sql<Date>`now()`,
      ...('signalId' in outcome
        ? { state: 'taken', signal_id: outcome.signalId }
        : { state: 'refused', reason: outcome.reason }),
    })
    .where('id', '=', deliveryId)
    .where('state', '=', 'received')
    .execute()
}
