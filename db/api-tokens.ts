import { type Selectable, sql } from 'kysely'
import type { Db } from './client.ts'
import type { ApiTokens } from './database.ts'
import { toUser, type User } from './users.ts'

/** What a token may do; what each of them covers is the web's to say. */
export type TokenScope = 'read' | 'trade' | 'manage' | 'admin'

/** A token as its owner sees it: never the token itself. */
export interface ApiToken {
  readonly id: string
  readonly userId: string
  readonly name: string
  /** Its first characters, to tell one from another. */
  readonly hint: string
  readonly scopes: readonly TokenScope[]
  readonly createdAt: Date
  readonly expiresAt: Date
  /** To the minute; null before its first request. */
  readonly lastUsedAt: Date | null
}

/** The tokens of a user that are not revoked, the latest first; expired ones are among them. */
export async function apiTokensOf(db: Db, userId: string): Promise<ApiToken[]> {
  const rows = await db
    .selectFrom('api_tokens')
    .selectAll()
    .where('user_id', '=', userId)
    .where('revoked_at', 'is', null)
    .orderBy('created_at', 'desc')
    .orderBy('id')
    .execute()
  return rows.map(toToken)
}

/** Makes a token for so many days; undefined when the user has one of that name. */
export async function addApiToken(
  db: Db,
  token: Pick<ApiToken, 'userId' | 'name' | 'hint' | 'scopes'> & {
    /** SHA-256 of the token. */
    readonly digest: Buffer
    readonly days: number
  },
): Promise<ApiToken | undefined> {
  const row = await db
    .insertInto('api_tokens')
    .values({
      user_id: token.userId,
      name: token.name,
      hint: token.hint,
      digest: token.digest,
      scopes: [...token.scopes],
      expires_at: sql<Date>`now() + make_interval(days => ${token.days})`,
    })
    .onConflict((conflict) =>
      conflict.columns(['user_id', 'name']).where('revoked_at', 'is', null).doNothing(),
    )
    .returningAll()
    .executeTakeFirst()
  return row && toToken(row)
}

/** Revokes a token: from now on it opens nothing. Its name when there was one, else undefined. */
export async function revokeApiToken(db: Db, userId: string, tokenId: string): Promise<string | undefined> {
  const row = await db
    .updateTable('api_tokens')
    .set({ revoked_at: sql<Date>`now()` })
    .where('user_id', '=', userId)
    .where('id', '=', tokenId)
    .where('revoked_at', 'is', null)
    .returning('name')
    .executeTakeFirst()
  return row?.name
}

/** Revokes every token of a user. */
export async function revokeApiTokens(db: Db, userId: string): Promise<void> {
  await db
    .updateTable('api_tokens')
    .set({ revoked_at: sql<Date>`now()` })
    .where('user_id', '=', userId)
    .where('revoked_at', 'is', null)
    .execute()
}

/** A token that opens something, and whose it is. */
export interface OpenedToken {
  readonly token: ApiToken
  readonly user: User
}

/**
 * The token with a digest (SHA-256), whoever asks; undefined for one that is revoked or expired, and for one of a user who
 * is switched off. Notes once a minute that it was used.
 */
export function openApiToken(db: Db, digest: Buffer): Promise<OpenedToken | undefined> {
  return db.transaction().execute(async (tx) => {
    // Row security shows the token of this digest to this transaction.
    await sql`select set_config('app.token_digest', ${digest.toString('hex')}, true)`.execute(tx)
    const row = await tx
      .selectFrom('api_tokens')
      .selectAll()
      .where('digest', '=', digest)
      .where('revoked_at', 'is', null)
      .where('expires_at', '>', sql<Date>`now()`)
      .executeTakeFirst()
    if (!row) return undefined
    const owner = await tx
      .selectFrom('auth.user')
      .selectAll()
      .where('id', '=', row.user_id)
      .executeTakeFirstOrThrow()
    if (owner.banned) return undefined
    await sql`select set_config('app.user_id', ${row.user_id}, true)`.execute(tx)
    await tx
      .updateTable('api_tokens')
      .set({ last_used_at: sql<Date>`now()` })
      .where('id', '=', row.id)
      .where(sql<boolean>`last_used_at is null or last_used_at < now() - interval '1 minute'`)
      .execute()
    return { token: toToken(row), user: toUser(owner) }
  })
}

function toToken(row: Selectable<ApiTokens>): ApiToken {
  return {
    id: row.id,
    userId: row.user_id,
    name: row.name,
    hint: row.hint,
    scopes: row.scopes as TokenScope[],
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    lastUsedAt: row.last_used_at,
  }
}
