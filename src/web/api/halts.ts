import { z } from 'zod'
import { orderHalt } from '#db/halt-orders.ts'
import { noSuch, Problem } from '../problem.ts'
import { instant } from './fields.ts'
import { route } from './route.ts'

const halt = z
  .object({
    scope: z.enum(['global', 'exchange', 'user', 'account', 'symbol']),
    key: z.string(),
    mode: z.enum(['none', 'no_entries', 'flatten']),
    reason: z.string().nullable(),
    setAt: instant,
    setBy: z.string().nullable(),
    /** Whether the caller may set and lift it: the own one, and those of the own accounts. */
    isOwn: z.boolean(),
  })
  .meta({ id: 'Halt', description: 'What stops new entries; exits, stops and cancels always go on.' })

/** The halts that concern the caller: the own ones in any mode, others while they are in force. */
export const listHalts = route({
  method: 'get',
  path: '/halts',
  summary: 'This user’s halts, and those of others that are in force and concern everybody.',
  answer: z.object({ items: z.array(halt) }),
  async handle({ db, user }) {
    const rows = await db
      .selectFrom('halts')
      .select(['scope', 'key', 'mode', 'reason', 'set_at', 'set_by', 'user_id'])
      .where((or) =>
        or.or([or('user_id', '=', user.id), or.and([or('user_id', 'is', null), or('mode', '<>', 'none')])]),
      )
      .orderBy('scope')
      .orderBy('key')
      .execute()
    return {
      items: rows.map((row) => ({
        scope: row.scope as z.infer<typeof halt>['scope'],
        key: row.key,
        mode: row.mode as z.infer<typeof halt>['mode'],
        reason: row.reason,
        setAt: row.set_at.toISOString(),
        setBy: row.set_by,
        isOwn: row.user_id === user.id,
      })),
    }
  },
})

const modes = ['none', 'no_entries'] as const

/**
 * Sets or lifts the caller's own halt, or that of one account. `no_entries` stops new entries, never an exit; once this has
 * answered, no entry can start, because the claim of every order reads the same row.
 */
export const setHalt = route({
  method: 'post',
  path: '/halts',
  scope: 'trade',
  stepUp: ({ mode }) => mode === 'none',
  summary: 'Stops all new entries of the caller or of one account, or allows them again. Exits always go on.',
  body: z.strictObject(
    {
      mode: z.enum(modes, 'must be none or no_entries'),
      /** All of the caller's accounts when it is left out. */
      account: z.uuid('must be the id of an account').optional(),
      reason: z.string().trim().max(200, 'must be at most 200 characters').optional(),
    },
    'must be an object with a mode',
  ),
  answer: z.object({ mode: z.enum(modes) }),
  async handle({ db, user, body: { mode, account, reason = null } }) {
    const place =
      account === undefined
        ? ({ scope: 'user', key: user.id } as const)
        : ({ scope: 'account', key: account } as const)
    const ordered = await orderHalt(db, { ...place, mode, reason, by: user.email, userId: user.id })
    if (ordered) return { mode }
    if (account !== undefined) throw noSuch('account', account, '/overview')
    throw noAccount('There is no account whose entries could be stopped.')
  },
})

/** A user who has connected nothing has nothing that could be stopped or closed. */
export function noAccount(detail: string): Problem {
  return new Problem(409, 'no-account', detail, { advice: 'Connect an account first.' })
}
