import { type Selectable, sql } from 'kysely'
import type { WebhookKind } from '#src/domain/webhook/alert.ts'
import type { Db } from './client.ts'
import type { Webhooks } from './database.ts'

/** An address to which others send a user's signals. */
export interface Webhook {
  readonly id: string
  readonly userId: string
  readonly name: string
  readonly kind: WebhookKind
  /** Every delivery must carry a signature. */
  readonly isSigned: boolean
}

/** A webhook as its owner sees it. */
export interface OwnWebhook extends Webhook {
  readonly isForEveryone: boolean
  readonly createdAt: Date
}

/** The webhook that a token's digest (SHA-256) belongs to, whoever asks; undefined for a removed one. */
export function webhookOfToken(db: Db, digest: Buffer): Promise<Webhook | undefined> {
  return db.transaction().execute(async (tx) => {
    // Row security shows the webhook of this digest to this transaction.
    await sql`select set_config('app.token_digest', ${digest.toString('hex')}, true)`.execute(tx)
    const row = await tx
      .selectFrom('webhooks')
      .selectAll()
      .where('token_digest', '=', digest)
      .where('removed_at', 'is', null)
      .executeTakeFirst()
    return row && toWebhook(row)
  })
}

/** The webhooks of a user, the latest first; removed ones are gone. */
export async function webhooksOf(db: Db, userId: string): Promise<OwnWebhook[]> {
  const rows = await db
    .selectFrom('webhooks')
    .selectAll()
    .where('user_id', '=', userId)
    .where('removed_at', 'is', null)
    .orderBy('created_at', 'desc')
    .orderBy('id')
    .execute()
  return rows.map(toWebhook)
}

/** Adds a webhook; undefined when the user has one of that name. */
export async function addWebhook(
  db: Db,
  webhook: Omit<OwnWebhook, 'id' | 'createdAt'> & { readonly tokenDigest: Buffer },
): Promise<OwnWebhook | undefined> {
  const row = await db
    .insertInto('webhooks')
    .values({
      user_id: webhook.userId,
      name: webhook.name,
      kind: webhook.kind,
      token_digest: webhook.tokenDigest,
      is_signed: webhook.isSigned,
      is_for_everyone: webhook.isForEveryone,
    })
    .onConflict((conflict) =>
      conflict.columns(['user_id', 'name']).where('removed_at', 'is', null).doNothing(),
    )
    .returningAll()
    .executeTakeFirst()
  return row && toWebhook(row)
}

/** Removes a webhook: from now on its token opens nothing. What came there stays. False when there is no such one. */
export async function removeWebhook(db: Db, userId: string, webhookId: string): Promise<boolean> {
  const rows = await db
    .updateTable('webhooks')
    .set({ removed_at: sql<Date>`now()` })
    .where('user_id', '=', userId)
    .where('id', '=', webhookId)
    .where('removed_at', 'is', null)
    .returning('id')
    .execute()
  return rows.length > 0
}

function toWebhook(row: Selectable<Webhooks>): OwnWebhook {
  return {
    id: row.id,
    userId: row.user_id,
    name: row.name,
    kind: row.kind as WebhookKind,
    isSigned: row.is_signed,
    isForEveryone: row.is_for_everyone,
    createdAt: row.created_at,
  }
}
