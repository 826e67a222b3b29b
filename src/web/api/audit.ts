import { z } from 'zod'
import { facts, factsOf } from './facts.ts'
import { instant } from './fields.ts'
import { afterCursor, cursorInstant, pageOf, pageQuery, toPage } from './page.ts'
import { route } from './route.ts'

const auditEntry = z
  .object({
    id: z.string(),
    at: instant,
    /** Who did it: a person by their address, or the program. */
    actor: z.string(),
    action: z.string(),
    target: z.string().nullable(),
    facts,
  })
  .meta({
    id: 'AuditEntry',
    description: 'Something that was done in the caller’s name, or to what is theirs.',
  })

/** What was done in the caller's name, by whom and when; nothing of it is ever changed or deleted. */
export const listOwnAudit = route({
  method: 'get',
  path: '/audit',
  summary: 'What was done in this user’s name or to what is theirs, the latest first.',
  query: pageQuery.omit({ account: true }).extend({ action: z.string().max(100).optional() }),
  answer: pageOf(auditEntry),
  async handle({ db, user, query }) {
    let rows = db
      .selectFrom('audit_log')
      .selectAll()
      .select(cursorInstant('at').as('cursor_at'))
      .where('user_id', '=', user.id)
      .where(afterCursor(query.cursor, { at: 'at', id: 'id', form: 'bigint' }))
      .orderBy('at', 'desc')
      .orderBy('id', 'desc')
      .limit(query.limit + 1)
    if (query.action) rows = rows.where('action', '=', query.action)
    return toPage(await rows.execute(), query.limit, (row) => ({
      id: row.id,
      at: row.at.toISOString(),
      actor: row.actor,
      action: row.action,
      target: row.target,
      facts: factsOf(row.details),
    }))
  },
})
