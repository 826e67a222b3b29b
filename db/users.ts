import type { Selectable } from 'kysely'
import type { Db } from './client.ts'
import type { AuthUser } from './database.ts'

/** A person who may sign in. */
export interface User {
  readonly id: string
  readonly email: string
  readonly name: string
  readonly role: string
  readonly createdAt: Date
}

/** Everybody, oldest first. */
export async function allUsers(db: Db): Promise<User[]> {
  const rows = await db.selectFrom('auth.user').selectAll().orderBy('createdAt').execute()
  return rows.map(toUser)
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

/** Gives a role; the next request of that person has it. */
export async function setRole(db: Db, userId: string, role: string): Promise<void> {
  await db.updateTable('auth.user').set({ role, updatedAt: new Date() }).where('id', '=', userId).execute()
}

function toUser(row: Selectable<AuthUser>): User {
  return {
    id: row.id,
    email: row.email,
    name: row.name,
    role: row.role ?? 'user',
    createdAt: row.createdAt,
  }
}
