import { type Selectable, sql } from 'kysely'
import { revokeApiTokens } from './api-tokens.ts'
import type { Db } from './client.ts'
import type { AuthUser } from './database.ts'
import { endResets } from './password-resets.ts'
import { endSessions } from './sessions.ts'

/** A person who may sign in. */
export interface User {
  readonly id: string
  readonly email: string
  readonly name: string
  readonly role: string
  /** May not sign in; what is theirs goes on. */
  readonly isDisabled: boolean
  /** A code is asked for beside the password. */
  readonly hasTwoFactor: boolean
  readonly createdAt: Date
}

/** Everybody, oldest first. */
export async function allUsers(db: Db): Promise<User[]> {
  const rows = await db.selectFrom('auth.user').selectAll().orderBy('createdAt').execute()
  return rows.map(toUser)
}

/** When the users were last at work, to ten minutes; who has no session left is not among them. */
export async function lastSeen(db: Db): Promise<ReadonlyMap<string, Date>> {
  const rows = await db
    .selectFrom('auth.session')
    .select(['userId', sql<Date>`max("updatedAt")`.as('at')])
    .groupBy('userId')
    .execute()
  return new Map(rows.map((row) => [row.userId, row.at]))
}

/** Somebody by e-mail address, in any case, or undefined. */
export async function findUserByEmail(db: Db, email: string): Promise<User | undefined> {
  const row = await db
    .selectFrom('auth.user')
    .selectAll()
    .where('email', '=', email.toLowerCase())
    .executeTakeFirst()
  return row && toUser(row)
}

/** Somebody by id, or undefined. */
export async function findUser(db: Db, userId: string): Promise<User | undefined> {
  const row = await db.selectFrom('auth.user').selectAll().where('id', '=', userId).executeTakeFirst()
  return row && toUser(row)
}

/** `last-admin`: nothing was changed, because nobody would administer any more. */
export type UserChange = 'done' | 'last-admin'

/** Gives a role; the next request of that person has it. `db` is a transaction. */
export async function setRole(db: Db, userId: string, role: string): Promise<UserChange> {
  if (role !== 'admin' && (await isLastAdmin(db, userId))) return 'last-admin'
  await change(db, userId, { role })
  return 'done'
}

/**
 * Lets somebody sign in no more: sessions, tokens and links end at once. `db` is a transaction that acts for that user.
 */
export async function disableUser(db: Db, userId: string): Promise<UserChange> {
  if (await isLastAdmin(db, userId)) return 'last-admin'
  await change(db, userId, { banned: true })
  await endSessions(db, userId)
  await revokeApiTokens(db, userId)
  await endResets(db, userId)
  return 'done'
}

/** Lets somebody sign in again, with the password as it was; tokens stay revoked. */
export async function enableUser(db: Db, userId: string): Promise<void> {
  await change(db, userId, { banned: false })
}

/** Takes the second factor from somebody who has lost it. False when there was none. */
export async function removeTwoFactor(db: Db, userId: string): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom('auth.twoFactor')
    .where('userId', '=', userId)
    .executeTakeFirst()
  await change(db, userId, { twoFactorEnabled: false })
  return numDeletedRows > 0n
}

/** Renames somebody, or changes the address they sign in with. A taken address throws a unique violation. */
export async function setProfile(
  db: Db,
  userId: string,
  { name, email }: { readonly name?: string | undefined; readonly email?: string | undefined },
): Promise<void> {
  await change(db, userId, {
    ...(name !== undefined && { name }),
    ...(email !== undefined && { email: email.toLowerCase(), emailVerified: false }),
  })
}

/** Whether nobody else administers. Two who are asked at once wait for each other. */
async function isLastAdmin(db: Db, userId: string): Promise<boolean> {
  const admins = await db
    .selectFrom('auth.user')
    .select('id')
    .where('role', '=', 'admin')
    .where('banned', 'is not', true)
    .orderBy('id')
    .forUpdate()
    .execute()
  return admins.length === 1 && admins[0]?.id === userId
}

async function change(
  db: Db,
  userId: string,
  values: Partial<
    Pick<Selectable<AuthUser>, 'role' | 'banned' | 'twoFactorEnabled' | 'name' | 'email' | 'emailVerified'>
  >,
): Promise<void> {
  await db
    .updateTable('auth.user')
    .set({ ...values, updatedAt: new Date() })
    .where('id', '=', userId)
    .execute()
}

/** A row of the sign-in library as a user. */
export function toUser(row: Selectable<AuthUser>): User {
  return {
    id: row.id,
    email: row.email,
    name: row.name,
    role: row.role ?? 'user',
    isDisabled: row.banned === true,
    hasTwoFactor: row.twoFactorEnabled === true,
    createdAt: row.createdAt,
  }
}
