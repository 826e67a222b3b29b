import { verifyPassword } from 'better-auth/crypto'
import type { Db } from '#db/client.ts'
import { UserError } from '../../errors.ts'
import type { UserRole } from '../sign-in.ts'
import { library, passingSecrets } from './library.ts'
import { weaknessOf } from './password.ts'

export interface NewUser {
  readonly email: string
  readonly password: string
  readonly name: string
  readonly role: UserRole
}

/**
 * Makes a user who can sign in, and returns the id. `db` is connected as bullpen_app, and no transaction.
 * @throws UserError for a bad or taken address and for a password that is too short, too long or too easy.
 */
export async function createUser(db: Db, user: NewUser): Promise<string> {
  const weakness = weaknessOf(user.password, user)
  if (weakness !== undefined) throw new UserError(`the password ${weakness}`)
  // No session is made here, so nothing is signed and the secret may be any.
  const auth = library({
    db,
    secrets: passingSecrets(),
    publicUrl: 'http://localhost',
    isPublicUrlFixed: true,
    signup: 'invite',
  })
  try {
    const { user: made } = await auth.api.createUser({ body: { ...user } })
    return made.id
  } catch (error) {
    const code = (error as { body?: { code?: string } }).body?.code ?? ''
    if (code.startsWith('USER_ALREADY_EXISTS'))
      throw new UserError(`${user.email} is a user already`, { cause: error })
    if (code === 'INVALID_EMAIL')
      throw new UserError(`${user.email} is not an e-mail address`, { cause: error })
    throw error
  }
}

/** Whether this is the user's password. `db` is connected as bullpen_app. */
export async function isPasswordOf(db: Db, userId: string, password: string): Promise<boolean> {
  const row = await db
    .selectFrom('auth.account')
    .select('password')
    .where('userId', '=', userId)
    .where('providerId', '=', 'credential')
    .executeTakeFirst()
  return typeof row?.password === 'string' && verifyPassword({ hash: row.password, password })
}
