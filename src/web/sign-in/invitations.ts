import { z } from 'zod'
import { recordAudit } from '#db/audit.ts'
import { onBehalfOf } from '#db/client.ts'
import { acceptInvitation, invitationOfToken } from '#db/user-invitations.ts'
import { findUserByEmail } from '#db/users.ts'
import { UserError } from '../../errors.ts'
import { digestOf } from '../../secret.ts'
import type { UserRole } from '../sign-in.ts'
import { createUser } from './new-user.ts'
import { isName, weaknessOf } from './password.ts'
import { deadLink, refusalOf, weakPassword } from './refusals.ts'
import { way } from './way.ts'

const token = z.string('must be the end of the link').max(100, 'must be the end of the link')

/** Says whom an invitation is for, before it is accepted. */
export const showInvitation = way({
  path: '/invitation',
  body: z.strictObject({ token }),
  async handle({ db, body }) {
    const found = await invitationOfToken(db, digestOf(body.token))
    if (!found) throw deadLink()
    return { email: found.email, role: found.role, expiresAt: found.expiresAt.toISOString() }
  },
})

/** Makes the invited user, once. */
export const useInvitation = way({
  path: '/invitation/accept',
  body: z.strictObject({
    token,
    name: z.string('must be text').trim().refine(isName, 'must have 1 to 80 characters'),
    password: z.string('must be text').max(200, 'must have 12 to 128 characters'),
  }),
  async handle({ db, body: { token: text, name, password } }) {
    return db.transaction().execute(async (tx) => {
      const accepted = await acceptInvitation(tx, digestOf(text))
      if (!accepted) throw deadLink()
      const { email } = accepted
      const weakness = weaknessOf(password, { email, name })
      if (weakness !== undefined) throw weakPassword(weakness)
      if (await findUserByEmail(db, email)) throw refusalOf(409, { code: 'USER_ALREADY_EXISTS' }, undefined)
      // On a connection of its own, while the invitation is locked: what fails here leaves the invitation as it was.
      const userId = await createUser(db, { email, name, password, role: accepted.role as UserRole }).catch(
        (error) => {
          throw error instanceof UserError
            ? refusalOf(409, { code: 'USER_ALREADY_EXISTS' }, undefined)
            : error
        },
      )
      await onBehalfOf(tx, userId, () =>
        recordAudit(tx, {
          userId,
          actor: email,
          action: 'user.join',
          target: email,
          details: { role: accepted.role, invitedBy: accepted.invitedBy },
        }),
      )
      return { email }
    })
  },
})
