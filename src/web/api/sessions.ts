import { z } from 'zod'
import { recordAudit } from '#db/audit.ts'
import { endSession, endSessions, type Session, sessionsOf } from '#db/sessions.ts'
import { noSuch } from '../problem.ts'
import { deviceOf } from '../sign-in/device.ts'
import { instant } from './fields.ts'
import { route } from './route.ts'

const session = z
  .object({
    id: z.uuid(),
    /** In words that its owner knows it by. */
    device: z.string(),
    /** Where it was begun from. */
    address: z.string().nullable(),
    createdAt: instant,
    /** To ten minutes. */
    usedAt: instant,
    /** When it ends if it is not used. */
    expiresAt: instant,
    /** The one that asks. */
    isThis: z.boolean(),
  })
  .meta({ id: 'Session', description: 'Somebody’s being signed in on one device.' })
export type SignedInSession = z.infer<typeof session>

/** Where the caller is signed in. */
export const listSessions = route({
  method: 'get',
  path: '/sessions',
  summary: 'Where the caller is signed in, the last used first.',
  isForPeople: true,
  answer: z.object({ items: z.array(session) }),
  handle: async ({ db, user, sessionId }) => ({
    items: (await sessionsOf(db, user.id)).map((each) => toAnswer(each, sessionId)),
  }),
})

/** Signs one device out. */
export const removeSession = route({
  method: 'delete',
  path: '/sessions/:id',
  summary: 'Signs one device of the caller out, at once.',
  isForPeople: true,
  params: z.strictObject({ id: z.uuid('must be the id of a session') }),
  answer: z.object({ id: z.uuid() }),
  async handle({ db, user, params: { id } }) {
    if (!(await endSession(db, user.id, id))) throw noSuch('session', id, '/sessions')
    await recordAudit(db, { userId: user.id, actor: user.email, action: 'session.end', target: id })
    return { id }
  },
})

/** Signs every other device out. */
export const removeOtherSessions = route({
  method: 'delete',
  path: '/sessions',
  summary: 'Signs the caller out everywhere else.',
  isForPeople: true,
  answer: z.object({ ended: z.int().meta({ description: 'How many sessions there were.' }) }),
  async handle({ db, user, sessionId }) {
    const ended = await endSessions(db, user.id, sessionId)
    const target = user.email
    await recordAudit(db, {
      userId: user.id,
      actor: target,
      action: 'session.end-others',
      target,
      details: { ended },
    })
    return { ended }
  },
})

function toAnswer(
  { id, createdAt, usedAt, expiresAt, address, userAgent }: Session,
  asking?: string,
): SignedInSession {
  return {
    id,
    device: deviceOf(userAgent),
    address: address || null,
    createdAt: createdAt.toISOString(),
    usedAt: usedAt.toISOString(),
    expiresAt: expiresAt.toISOString(),
    isThis: id === asking,
  }
}
