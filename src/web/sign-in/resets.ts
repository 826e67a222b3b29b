import { hashPassword } from 'better-auth/crypto'
import { z } from 'zod'
import { recordAudit } from '#db/audit.ts'
import { useReset } from '#db/password-resets.ts'
import { countRequest } from '#db/rate-limits.ts'
import { endSessions } from '#db/sessions.ts'
import { forgive } from '#db/sign-in-failures.ts'
import { findUser, findUserByEmail } from '#db/users.ts'
import { digestOf } from '../../secret.ts'
import { Problem } from '../problem.ts'
import { guessKey } from './guess-key.ts'
import { weaknessOf } from './password.ts'
import { deadLink, weakPassword } from './refusals.ts'
import { way } from './way.ts'

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

/** Mails that one user may ask for in an hour: somebody else may ask, too. */
const perUser = { most: 3, windowSeconds: 3_600 }

/** Lets a link be mailed to a user; whoever asks is told the same whether there is one or not. */
export const forgotPassword = way({
  path: '/forgot-password',
  body: z.strictObject({ email: z.email('must be an e-mail address').max(200) }),
  async handle({ db, mailResetLink, body: { email } }) {
    if (!mailResetLink)
      throw new Problem(409, 'no-mail', 'This Bullpen sends no mails.', {
        advice: 'Ask whoever runs it for a link.',
      })
    const user = await findUserByEmail(db, email)
    if (user && !user.isDisabled) {
      const counted = await countRequest(db, `reset mail ${user.id}`, perUser)
      // Not waited for: how long it takes would tell whether there is somebody.
      if (!counted.isTooMany) mailResetLink(user.id)
    }
    return { isAsked: true }
  },
})
