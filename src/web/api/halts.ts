import { z } from 'zod'
import { orderHalt } from '#db/halt-orders.ts'
import { Problem } from '../problem.ts'
import { nothing } from './fields.ts'
import { route } from './route.ts'

const halt = z.object({ mode: z.enum(['none', 'no_entries']) })

/**
 * Sets or lifts the caller's own halt. `no_entries` stops new entries, never an exit; once this has answered, no entry
 * can start, because the claim of every order reads the same row.
 */
export const setHalt = route({
  method: 'post',
  path: '/halts',
  scope: 'trade',
  stepUp: ({ mode }) => mode === 'none',
  summary: 'Stops all new entries of the caller, or allows them again. Exits always go on.',
  query: nothing,
  body: z.strictObject(
    {
      mode: z.enum(['none', 'no_entries'], 'must be none or no_entries'),
      reason: z.string().trim().max(200, 'must be at most 200 characters').optional(),
    },
    'must be an object with a mode',
  ),
  answer: halt,
  async handle({ db, user, body }) {
    const ordered = await orderHalt(db, {
      scope: 'user',
      key: user.id,
      mode: body.mode,
      reason: body.reason ?? null,
      by: user.email,
      userId: user.id,
    })
    if (!ordered) throw noAccount('There is no account whose entries could be stopped.')
    return { mode: body.mode }
  },
})

/** A user who has connected nothing has nothing that could be stopped or closed. */
export function noAccount(detail: string): Problem {
  return new Problem(409, 'no-account', detail, { advice: 'Connect an account first.' })
}
