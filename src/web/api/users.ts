import { z } from 'zod'
import { recordAudit } from '#db/audit.ts'
import { type Db, onBehalfOf } from '#db/client.ts'
import { linkToReset } from '#db/password-resets.ts'
import { endSessions } from '#db/sessions.ts'
import { forgive } from '#db/sign-in-failures.ts'
import {
  allUsers,
  disableUser,
  enableUser,
  findUser,
  lastSeen,
  removeTwoFactor,
  setRole,
  type User,
  type UserChange,
} from '#db/users.ts'
import { noSuch, Problem } from '../problem.ts'
import { guessKey } from '../sign-in/guess-key.ts'
import { type SignedIn, userRoles } from '../sign-in.ts'
import { instant } from './fields.ts'
import { route } from './route.ts'

const person = z
  .object({
    id: z.uuid(),
    email: z.string(),
    name: z.string(),
    role: z.enum(userRoles),
    isDisabled: z
      .boolean()
      .meta({ description: 'May not sign in; open positions are watched all the same.' }),
    hasTwoFactor: z.boolean(),
    createdAt: instant,
    /** To ten minutes; null when no session is left. */
    seenAt: instant.nullable(),
  })
  .meta({ id: 'User', description: 'Somebody who may sign in.' })
export type Person = z.infer<typeof person>

const userId = z.strictObject({ id: z.uuid('must be the id of a user') })

/** Everybody. */
export const listUsers = route({
  method: 'get',
  path: '/users',
  summary: 'Everybody who may sign in, oldest first. Admins only.',
  role: 'admin',
  answer: z.object({ items: z.array(person) }),
  async handle({ db }) {
    const seen = await lastSeen(db)
    return { items: (await allUsers(db)).map((user) => toAnswer(user, seen.get(user.id))) }
  },
})

/** Gives a role, or switches somebody off and on. */
export const changeUser = route({
  method: 'patch',
  path: '/users/:id',
  summary:
    'Gives a role, or lets somebody sign in no more: their sessions and tokens end at once. Admins only.',
  role: 'admin',
  stepUp: true,
  params: userId,
  body: z
    .strictObject(
      {
        role: z.enum(userRoles, `must be one of ${userRoles.join(', ')}`).optional(),
        isDisabled: z.boolean('must be true or false').optional(),
      },
      'must be an object with a role or isDisabled',
    )
    .refine(
      ({ role, isDisabled }) => role !== undefined || isDisabled !== undefined,
      'must change something',
    ),
  answer: person,
  async handle({ db, user, params: { id }, body: { role, isDisabled } }) {
    const before = await userOrProblem(db, id)
    if (id === user.id)
      throw new Problem(409, 'yourself', 'Your own role and your own switch are not yours to change.', {
        advice: 'Ask another administrator.',
      })
    await onBehalfOf(db, id, async () => {
      if (role !== undefined && role !== before.role) {
        refuseLastAdmin(await setRole(db, id, role))
        await note(db, user, before, 'user.role', { from: before.role, to: role })
      }
      if (isDisabled === true && !before.isDisabled) {
        refuseLastAdmin(await disableUser(db, id))
        await note(db, user, before, 'user.disable')
      }
      if (isDisabled === false && before.isDisabled) {
        await enableUser(db, id)
        await note(db, user, before, 'user.enable')
      }
    })
    return toAnswer(await userOrProblem(db, id), (await lastSeen(db)).get(id))
  },
})

/** A link for somebody who has forgotten the password. */
export const resetUserPassword = route({
  method: 'post',
  path: '/users/:id/reset-link',
  isSecret: true,
  summary: 'Makes a link with which somebody chooses a new password, once and within an hour. Admins only.',
  role: 'admin',
  isForPeople: true,
  stepUp: true,
  status: 201,
  params: userId,
  answer: z.object({
    path: z.string().meta({ description: 'On this site; shown now and never again.' }),
    expiresAt: instant,
  }),
  async handle({ db, user, params: { id } }) {
    const whose = await userOrProblem(db, id)
    if (whose.isDisabled)
      throw new Problem(409, 'user-disabled', `${whose.email} is switched off.`, {
        advice: 'Switch them on first.',
      })
    return onBehalfOf(db, id, async () => {
      const { path, expiresAt } = await linkToReset(db, id)
      await note(db, user, whose, 'user.reset-link')
      return { path, expiresAt: expiresAt.toISOString() }
    })
  },
})

/** For somebody who has lost the second factor. */
export const removeUserTwoFactor = route({
  method: 'delete',
  path: '/users/:id/two-factor',
  summary: 'Lets somebody who has lost their codes sign in with the password alone. Admins only.',
  role: 'admin',
  stepUp: true,
  params: userId,
  answer: z.object({ id: z.uuid() }),
  async handle({ db, user, params: { id } }) {
    const whose = await userOrProblem(db, id)
    await onBehalfOf(db, id, async () => {
      await removeTwoFactor(db, id)
      await note(db, user, whose, 'user.remove-two-factor')
    })
    return { id }
  },
})

/** Ends what somebody is doing, and what others guess. */
export const signUserOut = route({
  method: 'delete',
  path: '/users/:id/sessions',
  summary: 'Signs somebody out everywhere, and forgets wrong guesses at their password. Admins only.',
  role: 'admin',
  params: userId,
  answer: z.object({ ended: z.int() }),
  async handle({ db, user, params: { id } }) {
    const whose = await userOrProblem(db, id)
    const ended = await endSessions(db, id)
    for (const guessed of [{ email: whose.email }, { userId: id }]) await forgive(db, guessKey(guessed))
    await onBehalfOf(db, id, () => note(db, user, whose, 'user.sign-out', { ended }))
    return { ended }
  },
})

async function userOrProblem(db: Db, id: string): Promise<User> {
  const found = await findUser(db, id)
  if (!found) throw noSuch('user', id, '/users')
  return found
}

function refuseLastAdmin(change: UserChange): void {
  if (change === 'last-admin')
    throw new Problem(409, 'last-admin', 'Nobody would administer this Bullpen any more.', {
      advice: 'Make somebody else an administrator first.',
    })
}

/** In the log of whom it concerns. */
function note(db: Db, by: SignedIn, whose: User, action: string, details?: object): Promise<void> {
  return recordAudit(db, {
    userId: whose.id,
    actor: by.email,
    action,
    target: whose.email,
    ...(details && { details }),
  })
}

function toAnswer(
  { id, email, name, role, isDisabled, hasTwoFactor, createdAt }: User,
  seenAt?: Date,
): Person {
  return {
    id,
    email,
    name,
    role: role === 'admin' ? 'admin' : 'user',
    isDisabled,
    hasTwoFactor,
    createdAt: createdAt.toISOString(),
    seenAt: seenAt?.toISOString() ?? null,
  }
}
