import { z } from 'zod'
import { type ApiToken, addApiToken, apiTokensOf, revokeApiToken } from '#db/api-tokens.ts'
import { recordAudit } from '#db/audit.ts'
import { newSecret } from '../../secret.ts'
import { noSuch, Problem } from '../problem.ts'
import { tokenPrefix } from '../sign-in/bearer.ts'
import { scopes } from './caller.ts'
import { instant } from './fields.ts'
import { route } from './route.ts'

/** Tokens that one user may have. */
const most = 20

/** Characters of a token that are kept to know it by. */
const hintLength = tokenPrefix.length + 5

const token = z
  .object({
    id: z.uuid(),
    name: z.string(),
    hint: z.string().meta({ description: 'Its first characters.' }),
    scopes: z.array(z.enum(scopes)),
    createdAt: instant,
    expiresAt: instant,
    isExpired: z.boolean(),
    /** To the minute; null before its first request. */
    lastUsedAt: instant.nullable(),
  })
  .meta({ id: 'Token', description: 'What lets a program use the API in its owner’s name.' })
export type Token = z.infer<typeof token>

const newToken = token
  .extend({
    token: z.string().meta({ description: 'Shown now and never again: Authorization: Bearer bp_…' }),
  })
  .meta({ id: 'NewToken' })
export type NewToken = z.infer<typeof newToken>

/** The caller's tokens. */
export const listTokens = route({
  method: 'get',
  path: '/tokens',
  summary: 'The caller’s tokens for programs, the latest first.',
  isForPeople: true,
  answer: z.object({ items: z.array(token) }),
  handle: async ({ db, user }) => ({ items: (await apiTokensOf(db, user.id)).map(toAnswer) }),
})

/** Makes a token. */
export const createToken = route({
  method: 'post',
  path: '/tokens',
  summary: 'Makes a token for a program; it is in this answer alone.',
  isSecret: true,
  isForPeople: true,
  stepUp: true,
  status: 201,
  body: z.strictObject(
    {
      name: z
        .string('must be text')
        .trim()
        .min(1, 'must not be empty')
        .max(60, 'must be at most 60 characters'),
      scopes: z
        .array(z.enum(scopes, `must be one of ${scopes.join(', ')}`))
        .min(1, 'must name at least one')
        .max(scopes.length)
        .transform((list) => scopes.filter((scope) => list.includes(scope))),
      days: z
        .int('must be a whole number of days')
        .min(1, 'must be at least 1')
        .max(365, 'must be at most 365')
        .default(90)
        .meta({ description: 'After so many days it opens nothing any more.' }),
    },
    'must be an object with a name and scopes',
  ),
  answer: newToken,
  async handle({ db, user, body }) {
    if (body.scopes.includes('admin') && user.role !== 'admin')
      throw new Problem(403, 'admins-only', 'Only an administrator’s token may have the scope admin.', {
        advice: 'Leave that scope out.',
      })
    if ((await apiTokensOf(db, user.id)).length >= most)
      throw new Problem(409, 'too-many-tokens', `There are ${most} tokens already.`, {
        advice: 'Revoke one that is not used.',
      })
    const { text, digest } = newSecret(tokenPrefix)
    const made = await addApiToken(db, { ...body, userId: user.id, hint: text.slice(0, hintLength), digest })
    if (!made)
      throw new Problem(409, 'name-taken', `There is a token ${body.name} already.`, {
        advice: 'Choose another name, or revoke that one.',
      })
    await recordAudit(db, {
      userId: user.id,
      actor: user.email,
      action: 'token.make',
      target: made.name,
      details: { scopes: made.scopes, days: body.days },
    })
    return { ...toAnswer(made), token: text }
  },
})

/** Revokes a token. */
export const removeToken = route({
  method: 'delete',
  path: '/tokens/:id',
  summary: 'Revokes a token: from now on it opens nothing.',
  isForPeople: true,
  params: z.strictObject({ id: z.uuid('must be the id of a token') }),
  answer: z.object({ id: z.uuid() }),
  async handle({ db, user, params: { id } }) {
    const name = await revokeApiToken(db, user.id, id)
    if (name === undefined) throw noSuch('token', id, '/tokens')
    await recordAudit(db, { userId: user.id, actor: user.email, action: 'token.revoke', target: name })
    return { id }
  },
})

function toAnswer({ id, name, hint, scopes, createdAt, expiresAt, lastUsedAt }: ApiToken): Token {
  return {
    id,
    name,
    hint,
    scopes: [...scopes],
    createdAt: createdAt.toISOString(),
    expiresAt: expiresAt.toISOString(),
    isExpired: expiresAt.getTime() <= Date.now(),
    lastUsedAt: lastUsedAt?.toISOString() ?? null,
  }
}
