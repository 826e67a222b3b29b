import { z } from 'zod'
import { recordAudit } from '#db/audit.ts'
import { invite, pendingInvitations, revokeInvitation, type UserInvitation } from '#db/user-invitations.ts'
import { findUserByEmail } from '#db/users.ts'
import { newSecret } from '../../secret.ts'
import { noSuch, Problem } from '../problem.ts'
import { userRoles } from '../sign-in.ts'
import { instant } from './fields.ts'
import { route } from './route.ts'

const invitation = z
  .object({
    id: z.uuid(),
    email: z.string(),
    role: z.enum(userRoles),
    createdAt: instant,
    expiresAt: instant,
    isExpired: z.boolean(),
  })
  .meta({ id: 'Invitation', description: 'Somebody who may become a user.' })
export type Invitation = z.infer<typeof invitation>

const newInvitation = invitation
  .extend({ path: z.string().meta({ description: 'Its link on this site: shown now and never again.' }) })
  .meta({ id: 'NewInvitation' })
export type NewInvitation = z.infer<typeof newInvitation>

/** Who was invited and has not come yet. */
export const listInvitations = route({
  method: 'get',
  path: '/invitations',
  summary: 'Invitations that wait to be accepted, the latest first. Admins only.',
  role: 'admin',
  answer: z.object({ items: z.array(invitation) }),
  handle: async ({ db }) => ({ items: (await pendingInvitations(db)).map(toAnswer) }),
})

/** Invites somebody. */
export const createInvitation = route({
  method: 'post',
  path: '/invitations',
  summary: 'Invites somebody: the link in this answer makes one user, once. Admins only.',
  isSecret: true,
  role: 'admin',
  isForPeople: true,
  stepUp: true,
  status: 201,
  body: z.strictObject(
    {
      email: z.email('must be an e-mail address').max(200, 'must be at most 200 characters').toLowerCase(),
      role: z.enum(userRoles, `must be one of ${userRoles.join(', ')}`).default('user'),
      days: z
        .int('must be a whole number of days')
        .min(1, 'must be at least 1')
        .max(30, 'must be at most 30')
        .default(7),
    },
    'must be an object with an email',
  ),
  answer: newInvitation,
  async handle({ db, user, body: { email, role, days } }) {
    if (await findUserByEmail(db, email))
      throw new Problem(409, 'address-taken', `${email} is a user already.`, {
        advice: 'They can sign in; where the password is lost, make a link to reset it.',
      })
    const { text, digest } = newSecret()
    const made = await invite(db, { email, role, days, digest, invitedBy: user.id })
    if (!made)
      throw new Problem(409, 'invited-already', `Somebody else invites ${email} at this moment.`, {
        advice: 'Look at the list of invitations.',
      })
    await recordAudit(db, {
      userId: user.id,
      actor: user.email,
      action: 'user.invite',
      target: email,
      details: { role, days },
    })
    // Behind the # it is sent to no server, and so is in no log.
    return { ...toAnswer(made), path: `/invitation#${text}` }
  },
})

/** Takes an invitation back. */
export const removeInvitation = route({
  method: 'delete',
  path: '/invitations/:id',
  summary: 'Takes an invitation back: its link opens nothing any more. Admins only.',
  role: 'admin',
  params: z.strictObject({ id: z.uuid('must be the id of an invitation') }),
  answer: z.object({ id: z.uuid() }),
  async handle({ db, user, params: { id } }) {
    const email = await revokeInvitation(db, id)
    if (email === undefined) throw noSuch('invitation', id, '/invitations')
    await recordAudit(db, { userId: user.id, actor: user.email, action: 'user.uninvite', target: email })
    return { id }
  },
})

function toAnswer({ id, email, role, createdAt, expiresAt }: UserInvitation): Invitation {
  return {
    id,
    email,
    role: role === 'admin' ? 'admin' : 'user',
    createdAt: createdAt.toISOString(),
    expiresAt: expiresAt.toISOString(),
    isExpired: expiresAt.getTime() <= Date.now(),
  }
}
