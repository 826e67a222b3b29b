import { z } from 'zod'
import { recordAudit } from '#db/audit.ts'
import { findUser, findUserByEmail, setProfile } from '#db/users.ts'
import { systemCode } from '../../errors.ts'
import { Problem, signInFirst } from '../problem.ts'
import { isName } from '../sign-in/password.ts'
import { route } from './route.ts'

const security = z
  .object({
    name: z.string(),
    email: z.string(),
    hasTwoFactor: z.boolean().meta({ description: 'A code is asked for beside the password.' }),
  })
  .meta({ id: 'Security', description: 'How the caller signs in.' })
export type Security = z.infer<typeof security>

/** How the caller signs in. */
export const getSecurity = route({
  method: 'get',
  path: '/security',
  summary: 'How the caller signs in.',
  isForPeople: true,
  answer: security,
  async handle({ db, user }) {
    const found = await findUser(db, user.id)
    if (!found) throw signInFirst()
    const { name, email, hasTwoFactor } = found
    return { name, email, hasTwoFactor }
  },
})

/** Changes what the caller is called, or signs in with. */
export const changeProfile = route({
  method: 'patch',
  path: '/me',
  summary: 'Changes the caller’s name, or the address to sign in with.',
  isForPeople: true,
  stepUp: ({ email }) => email !== undefined,
  body: z
    .strictObject(
      {
        name: z.string('must be text').trim().refine(isName, 'must have 1 to 80 characters').optional(),
        email: z.email('must be an e-mail address').max(200, 'must be at most 200 characters').optional(),
      },
      'must be an object with a name or an email',
    )
    .refine(({ name, email }) => name !== undefined || email !== undefined, 'must change something'),
  answer: z.object({ name: z.string(), email: z.string() }),
  async handle({ db, user, body }) {
    const { name = user.name } = body
    const email = body.email?.toLowerCase() ?? user.email
    const holder = email === user.email ? undefined : await findUserByEmail(db, email)
    if (holder) throw addressTaken()
    await setProfile(db, user.id, body).catch((error) => {
      // Somebody was quicker.
      throw systemCode(error) === '23505' ? addressTaken() : error
    })
    const changed = { ...(name !== user.name && { name }), ...(email !== user.email && { email }) }
    await recordAudit(db, {
      userId: user.id,
      actor: user.email,
      action: 'user.change',
      target: user.email,
      details: changed,
    })
    return { name, email }
  },
})

function addressTaken(): Problem {
  return new Problem(409, 'address-taken', 'Somebody signs in with this address already.', {
    advice: 'Take another.',
  })
}
