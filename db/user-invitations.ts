import { type Selectable, sql } from 'kysely'
import type { Db } from './client.ts'
import type { UserInvitations } from './database.ts'

/** Somebody who may become a user. */
export interface UserInvitation {
  readonly id: string
  readonly email: string
  readonly role: string
  readonly createdAt: Date
  readonly expiresAt: Date
}

/** The invitations that wait to be accepted, expired ones among them, the latest first. `db` acts for an admin. */
export async function pendingInvitations(db: Db): Promise<UserInvitation[]> {
  const rows = await db
    .selectFrom('user_invitations')
    .selectAll()
    .where('accepted_at', 'is', null)
    .where('revoked_at', 'is', null)
    .orderBy('created_at', 'desc')
    .execute()
  return rows.map(toInvitation)
}

/**
 * Invites somebody for so many days; an earlier invitation of that address opens nothing any more. Undefined when somebody
 * else invites them at this moment.
 */
export async function invite(
  db: Db,
  invitation: Pick<UserInvitation, 'email' | 'role'> & {
    readonly invitedBy: string
    /** SHA-256 of the token in its link. */
    readonly digest: Buffer
    readonly days: number
  },
): Promise<UserInvitation | undefined> {
  const email = invitation.email.toLowerCase()
  await db
    .updateTable('user_invitations')
    .set({ revoked_at: sql<Date>`now()` })
    .where('email', '=', email)
    .where('accepted_at', 'is', null)
    .where('revoked_at', 'is', null)
    .execute()
  const row = await db
    .insertInto('user_invitations')
    .values({
      email,
      role: invitation.role,
      digest: invitation.digest,
      invited_by: invitation.invitedBy,
      expires_at: sql<Date>`now() + make_interval(days => ${invitation.days})`,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returningAll()
    .executeTakeFirst()
  return row && toInvitation(row)
}

/** Takes an invitation back; its address, or undefined when it was not waiting. */
export async function revokeInvitation(db: Db, invitationId: string): Promise<string | undefined> {
  const row = await db
    .updateTable('user_invitations')
    .set({ revoked_at: sql<Date>`now()` })
    .where('id', '=', invitationId)
    .where('accepted_at', 'is', null)
    .where('revoked_at', 'is', null)
    .returning('email')
    .executeTakeFirst()
  return row?.email
}

/** The invitation that a token's digest opens; undefined for one that is used, taken back or expired. */
export function invitationOfToken(db: Db, digest: Buffer): Promise<UserInvitation | undefined> {
  return db.transaction().execute(async (tx) => {
    await showToken(tx, digest)
    const row = await tx
      .selectFrom('user_invitations')
      .selectAll()
      .where('digest', '=', digest)
      .where('accepted_at', 'is', null)
      .where('revoked_at', 'is', null)
      .where('expires_at', '>', sql<Date>`now()`)
      .executeTakeFirst()
    return row && toInvitation(row)
  })
}

/** Uses an invitation up, in the transaction that makes its user; undefined when it opens nothing (any more). */
export async function acceptInvitation(
  tx: Db,
  digest: Buffer,
): Promise<(UserInvitation & { readonly invitedBy: string | null }) | undefined> {
  await showToken(tx, digest)
  const row = await tx
    .updateTable('user_invitations')
    .set({ accepted_at: sql<Date>`now()` })
    .where('digest', '=', digest)
    .where('accepted_at', 'is', null)
    .where('revoked_at', 'is', null)
    .where('expires_at', '>', sql<Date>`now()`)
    .returningAll()
    .executeTakeFirst()
  return row && { ...toInvitation(row), invitedBy: row.invited_by }
}

/** Row security shows the invitation of this digest to this transaction. */
async function showToken(tx: Db, digest: Buffer): Promise<void> {
  await sql`select set_config('app.token_digest', ${digest.toString('hex')}, true)`.execute(tx)
}

function toInvitation(row: Selectable<UserInvitations>): UserInvitation {
  return {
    id: row.id,
    email: row.email,
    role: row.role,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
  }
}
