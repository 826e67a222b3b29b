import { hashPassword } from 'better-auth/crypto'
import { z } from 'zod'
import { recordAudit } from '#db/audit.ts'
import type { Db } from '#db/client.ts'
import { allowReset, useReset } from '#db/password-resets.ts'
import { endSessions } from '#db/sessions.ts'
import { forgive } from '#db/sign-in-failures.ts'
import { findUser } from '#db/users.ts'
import { guessKey } from './guess-key.ts'
import { weaknessOf } from './password.ts'
import { deadLink, weakPassword } from './refusals.ts'
import { digestOf, newSecret } from './secret.ts'
import { way } from './way.ts'

/** A link to choose a new password is good for so long. */
const linkMinutes = 60

/** A link that lets somebody choose a new password, once; `db` is a transaction that acts for that user. */
export async function linkToReset(db: Db, userId: string): Promise<{ path: string; expiresAt: Date }> {
  const { text, digest } = newSecret()
  const expiresAt = await allowReset(db, { userId, digest, minutes: linkMinutes })
  // Behind the # it is sent to no server, and so is in no log.
  return { path: `/reset-password#${text}`, expiresAt }
}

/** Takes a new password from whoever has the link, and ends every session; a second factor stays. */
export const resetPassword = way({
  path: '/reset-password',
  body: z.strictObject({
    token: z.string('must be the end of the link').max(100, 'must be the end of the link'),
    password: z.string('must be text').max(200, 'must have 12 to 128 characters'),
  }),
  async handle({ db, body: { token, password } }) {
    return db.transaction().execute(async (tx) => {
      const userId = await useReset(tx, digestOf(token))
      const user = userId === undefined ? undefined : await findUser(tx, userId)
      if (!user || user.isDisabled) throw deadLink()
      const weakness = weaknessOf(password, user)
      if (weakness !== undefined) throw weakPassword(weakness)
      await tx
        .updateTable('auth.account')
        .set({ password: await hashPassword(password), updatedAt: new Date() })
        .where('userId', '=', user.id)
        .where('providerId', '=', 'credential')
        .execute()
      await endSessions(tx, user.id)
      for (const guessed of [{ email: user.email }, { userId: user.id }]) await forgive(tx, guessKey(guessed))
      await recordAudit(tx, {
        userId: user.id,
        actor: user.email,
        action: 'password.reset',
        target: user.email,
      })
      return { email: user.email }
    })
  },
})
