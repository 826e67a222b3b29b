import { z } from 'zod'
import type { Db } from '#db/client.ts'
import { accountsNamed, actForAll, closeProgress } from '#db/for-all.ts'
import { type OrderedClose, orderCloseAll, orderHalt } from '#db/halt-orders.ts'
import { type HaltScope, haltableExchanges } from '#db/halts.ts'
import { allUsers } from '#db/users.ts'
import { Problem } from '../problem.ts'
import { placeFields, placeNamed } from './admin-places.ts'
import { instant } from './fields.ts'
import { route } from './route.ts'

const reason = z
  .string('must say why, for whoever finds it')
  .trim()
  .min(1, 'must say why, for whoever finds it')
  .max(200, 'must be at most 200 characters')

const place = z.object({
  scope: placeFields.scope,
  key: z.string(),
  /** How people call it: an e-mail address, an account's name. */
  name: z.string(),
})

const closing = place.extend({
  batchId: z.uuid(),
  openedAt: instant,
  openedBy: z.string(),
  reason: z.string().nullable(),
  positions: z.int(),
  closed: z.int(),
  /** Why it is not over. */
  waitsFor: z.string().nullable(),
})

const adminHalts = z.object({
  halts: z.array(
    place.extend({
      mode: z.enum(['no_entries', 'flatten']),
      reason: z.string().nullable(),
      setBy: z.string().nullable(),
      setAt: instant,
    }),
  ),
  closings: z.array(closing),
  /** What a halt may be set on beside everything and symbols. */
  places: z.object({
    exchanges: z.array(z.string()),
    users: z.array(z.object({ id: z.uuid(), name: z.string() })),
    accounts: z.array(z.object({ id: z.uuid(), name: z.string() })),
  }),
})
export type AdminHalts = z.infer<typeof adminHalts>

/** Every halt in force, and every close-all that is not over. */
export const listAllHalts = route({
  method: 'get',
  path: '/admin/halts',
  summary: 'Every halt in force, every close-all that is not over, and what they can be set on. Admins only.',
  role: 'admin',
  answer: adminHalts,
  async handle({ db }) {
    await actForAll(db)
    const [users, accounts] = [await allUsers(db), await accountsNamed(db)]
    const emails = new Map(users.map(({ id, email }) => [id, email]))
    const accountNames = accounts.map(({ id, userId, name, exchange, market, mode }) => ({
      id,
      name: `${emails.get(userId) ?? userId}: ${name} (${exchange} ${market}, ${mode})`,
    }))
    const nameOf = namesOf(emails, new Map(accountNames.map(({ id, name }) => [id, name])))
    return {
      halts: await inForce(db, nameOf),
      closings: await openClosings(db, nameOf),
      places: {
        exchanges: await haltableExchanges(db),
        users: users.map(({ id, email }) => ({ id, name: email })),
        accounts: accountNames,
      },
    }
  },
})

/** Sets a halt of any place, or lifts it. */
export const setAnyHalt = route({
  method: 'post',
  path: '/admin/halts',
  role: 'admin',
  stepUp: ({ mode }) => mode !== 'no_entries',
  summary:
    'Sets a halt of any scope: no_entries stops entries, flatten closes what is open too, none lifts it. Exits always go on. Admins only.',
  body: z.strictObject(
    {
      ...placeFields,
      mode: z.enum(['none', 'no_entries', 'flatten'], 'must be none, no_entries or flatten'),
      reason: reason.optional(),
    },
    'must be an object with a scope, a key and a mode',
  ),
  answer: place.extend({ mode: z.enum(['none', 'no_entries', 'flatten']), closing: closing.nullable() }),
  async handle({ db, user, body }) {
    await actForAll(db)
    const { mode } = body
    if (mode !== 'none' && body.reason === undefined)
      throw new Problem(400, 'invalid-request', 'reason: must say why, for whoever finds it', {
        advice: 'Correct the named fields and send the request again.',
        errors: [{ field: 'reason', rule: 'must say why, for whoever finds it' }],
      })
    const { name, ...where } = await placeNamed(db, body)
    const order = { ...where, mode, reason: body.reason ?? null, by: user.email }
    const ordered = await orderHalt(db, order)
    if (!ordered) throw noHalt(name)
    const named = { scope: where.scope, key: where.key, name }
    return { ...named, mode, closing: ordered.closing ? await closingOf(db, name, ordered.closing) : null }
  },
})

/** What one types so that everything is closed. */
const closeAllPhrase = 'close everything'

/** Closes everything in any place. */
export const closeAnything = route({
  method: 'post',
  path: '/admin/close-all',
  role: 'admin',
  stepUp: true,
  status: 202,
  summary: `Closes every open position of a place at the market. \`confirm\` must be "${closeAllPhrase}". Admins only.`,
  body: z.strictObject(
    {
      ...placeFields,
      reason,
      confirm: z.literal(closeAllPhrase, `must be "${closeAllPhrase}"`),
      /** Whether entries stay stopped there afterwards. */
      stopEntries: z.boolean('must be true or false'),
    },
    'must be an object with a scope, a key, a reason, stopEntries and confirm',
  ),
  answer: closing,
  async handle({ db, user, body }) {
    await actForAll(db)
    const { name, ...where } = await placeNamed(db, body)
    const order = { ...where, reason: body.reason, by: user.email }
    const ordered = body.stopEntries
      ? (await orderHalt(db, { ...order, mode: 'flatten' }))?.closing
      : await orderCloseAll(db, order)
    if (!ordered) throw noHalt(name)
    return closingOf(db, name, ordered)
  },
})

type NameOf = (scope: HaltScope, key: string) => string

function namesOf(emails: ReadonlyMap<string, string>, accounts: ReadonlyMap<string, string>): NameOf {
  return (scope, key) => {
    if (scope === 'global') return 'everything'
    if (scope === 'user') return emails.get(key) ?? key
    if (scope === 'account') return accounts.get(key) ?? key
    return key
  }
}

async function inForce(db: Db, nameOf: NameOf): Promise<AdminHalts['halts']> {
  const rows = await db
    .selectFrom('halts')
    .select(['scope', 'key', 'mode', 'reason', 'set_by', 'set_at'])
    .where('mode', '<>', 'none')
    .orderBy('set_at', 'desc')
    .execute()
  return rows.map((row) => ({
    scope: row.scope as HaltScope,
    key: row.key,
    name: nameOf(row.scope as HaltScope, row.key),
    mode: row.mode as 'no_entries' | 'flatten',
    reason: row.reason,
    setBy: row.set_by,
    setAt: row.set_at.toISOString(),
  }))
}

async function openClosings(db: Db, nameOf: NameOf): Promise<AdminHalts['closings']> {
  const rows = await db
    .selectFrom('close_batches')
    .selectAll()
    .where('ended_at', 'is', null)
    .orderBy('opened_at', 'desc')
    .execute()
  return Promise.all(
    rows.map(async (row) => ({
      scope: row.scope as HaltScope,
      key: row.key,
      name: nameOf(row.scope as HaltScope, row.key),
      batchId: row.id,
      openedAt: row.opened_at.toISOString(),
      openedBy: row.opened_by,
      reason: row.reason,
      ...(await closeProgress(db, row.id)),
      waitsFor: row.waits_for,
    })),
  )
}

async function closingOf(db: Db, name: string, { batch }: OrderedClose): Promise<z.infer<typeof closing>> {
  const { scope, key, openedBy, reason: why, waitsFor } = batch
  return {
    scope,
    key,
    name,
    batchId: batch.id,
    openedAt: batch.openedAt.toISOString(),
    openedBy,
    reason: why,
    ...(await closeProgress(db, batch.id)),
    waitsFor,
  }
}

function noHalt(name: string): Problem {
  return new Problem(409, 'no-halt', `There is nothing of ${name} that could be halted or closed.`, {
    advice: 'Whoever has no account yet has nothing that trades.',
  })
}
