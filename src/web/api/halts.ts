import { z } from 'zod'
import { Problem } from '../problem.ts'
import { instant, nothing } from './fields.ts'
import { route } from './route.ts'

const halt = z.object({ mode: z.enum(['none', 'no_entries']), setAt: instant })

/**
 * Sets or lifts the caller's own halt. `no_entries` stops new entries, never an exit; once this has answered, no entry
 * can start, because the claim of every order reads the same row.
 */
export const setHalt = route({
  method: 'post',
  path: '/halts',
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
    const row = await db
      .updateTable('halts')
      .set({ mode: body.mode, reason: body.reason ?? null, set_by: user.email, set_at: new Date() })
      .where('scope', '=', 'user')
      .where('key', '=', user.id)
      .returning('set_at')
      .executeTakeFirst()
    if (!row)
      throw new Problem(409, 'no-account', 'There is no account whose entries could be stopped.', {
        advice: 'Connect an account first.',
      })
    await db
      .insertInto('audit_log')
      .values({
        user_id: user.id,
        actor: user.email,
        action: body.mode === 'none' ? 'halt.lifted' : 'halt.set',
        target: `user:${user.id}`,
        details: JSON.stringify({ mode: body.mode, reason: body.reason ?? null }),
      })
      .execute()
    return { mode: body.mode, setAt: row.set_at.toISOString() }
  },
})
