import { createHash, randomBytes } from 'node:crypto'
import { z } from 'zod'
import { addWebhook, type OwnWebhook, removeWebhook, webhooksOf } from '#db/webhooks.ts'
import { webhookSource } from '../../domain/signal.ts'
import { webhookKinds } from '../../domain/webhook/alert.ts'
import type { KeyRing } from '../../vault/key-ring.ts'
import { webhookSecret } from '../hooks/signature.ts'
import { Problem } from '../problem.ts'
import { instant, noBody, nothing } from './fields.ts'
import { route } from './route.ts'

/** Webhooks that one user may have. */
const most = 20

const webhook = z.object({
  id: z.uuid(),
  name: z.string(),
  /** What its signals are called: the name under which a user trusts it. */
  source: z.string(),
  kind: z.enum(webhookKinds),
  isSigned: z.boolean(),
  isForEveryone: z.boolean(),
  createdAt: instant,
})
export type Webhook = z.infer<typeof webhook>

const newWebhook = webhook.extend({
  /** Where deliveries are posted: shown now and never again. */
  path: z.string(),
  /** What signs them, when they must be signed. */
  secret: z.string().nullable(),
})
export type NewWebhook = z.infer<typeof newWebhook>

/** The caller's webhooks. */
export const listWebhooks = route({
  method: 'get',
  path: '/webhooks',
  summary: 'Addresses to which others send this user’s signals.',
  query: nothing,
  body: noBody,
  answer: z.object({ items: z.array(webhook) }),
  handle: async ({ db, user }) => ({ items: (await webhooksOf(db, user.id)).map(toAnswer) }),
})

/** Makes a webhook; only an admin's signals may be for everyone. */
export function createWebhook(keys: KeyRing) {
  return route({
    method: 'post',
    path: '/webhooks',
    isSecret: true,
    summary: 'Makes a webhook; its address and secret are in this answer alone.',
    query: nothing,
    body: z.strictObject(
      {
        name: z
          .string()
          .regex(/^[a-z0-9][a-z0-9-]{0,30}$/, 'must be 1 to 31 small letters, digits and dashes'),
        kind: z.enum(webhookKinds, `must be one of ${webhookKinds.join(', ')}`),
        isSigned: z.boolean('must be true or false').default(false),
        isForEveryone: z.boolean('must be true or false').default(false),
      },
      'must be an object with a name and a kind',
    ),
    answer: newWebhook,
    async handle({ db, user, body }) {
      if (body.isForEveryone && user.role !== 'admin')
        throw new Problem(403, 'admins-only', 'Only an administrator’s webhook speaks to everyone.', {
          advice: 'Make it for yourself alone.',
        })
      if (body.isSigned && body.kind === 'tradingview')
        throw new Problem(
          409,
          'cannot-sign',
          'TradingView signs nothing: its alerts carry no headers of yours.',
          {
            advice: 'Leave the signature out; the address itself is the secret.',
          },
        )
      if ((await webhooksOf(db, user.id)).length >= most)
        throw new Problem(409, 'too-many-webhooks', `There are ${most} webhooks already.`, {
          advice: 'Remove one that is not used.',
        })
      const token = randomBytes(32).toString('base64url')
      const tokenDigest = createHash('sha256').update(token).digest()
      const made = await addWebhook(db, { ...body, userId: user.id, tokenDigest })
      if (!made)
        throw new Problem(409, 'name-taken', `There is a webhook ${body.name} already.`, {
          advice: 'Choose another name, or remove that one.',
        })
      const secret = made.isSigned ? webhookSecret(keys, made.id) : null
      return { ...toAnswer(made), path: `/hooks/signals/${token}`, secret }
    },
  })
}

/** Ends a webhook: its address opens nothing any more. */
export const endWebhook = route({
  method: 'post',
  path: '/webhooks/remove',
  summary: 'Removes a webhook at once; what came there stays to be read.',
  query: nothing,
  body: z.strictObject({ id: z.uuid('must be the id of a webhook') }, 'must be an object with an id'),
  answer: z.object({ id: z.uuid() }),
  async handle({ db, user, body }) {
    if (await removeWebhook(db, user.id, body.id)) return { id: body.id }
    throw new Problem(404, 'no-such-webhook', `There is no webhook ${body.id}.`, {
      advice: 'Ask /api/v1/webhooks for yours.',
    })
  },
})

function toAnswer({ id, name, kind, isSigned, isForEveryone, createdAt }: OwnWebhook): Webhook {
  const source = `${webhookSource}:${name}`
  return { id, name, source, kind, isSigned, isForEveryone, createdAt: createdAt.toISOString() }
}
