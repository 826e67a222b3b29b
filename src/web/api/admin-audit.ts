import { sql } from 'kysely'
import { z } from 'zod'
import { actForAll } from '#db/for-all.ts'
import { instant } from './fields.ts'
import { pageOf, pageQuery } from './page.ts'
import { route } from './route.ts'

const entry = z.object({
  id: z.string(),
  at: instant,
  actor: z.string(),
  action: z.string(),
  target: z.string().nullable(),
  /** Whose it concerns, by e-mail; null for what concerns everybody. */
  user: z.string().nullable(),
  details: z.record(z.string(), z.unknown()),
})
export type AuditEntry = z.infer<typeof entry>

/** Who did what, of everybody. */
export const listAudit = route({
  method: 'get',
  path: '/admin/audit',
  role: 'admin',
  summary: 'Who did what, the latest first; `search` looks in who, what and on what. Admins only.',
  query: z.strictObject({
    limit: pageQuery.shape.limit,
    cursor: z
      .string()
      .regex(/^\d{1,18}$/, 'must be the `next` of an earlier answer')
      .optional(),
    search: z.string().trim().max(100, 'must be at most 100 characters').optional(),
    action: z.string().trim().max(100).optional(),
  }),
  answer: pageOf(entry).extend({
    /** Every action that stands in the log. */
    actions: z.array(z.string()),
  }),
  async handle({ db, query: { limit, cursor, search, action } }) {
    await actForAll(db)
    let rows = db
      .selectFrom('audit_log as entry')
      .leftJoin('auth.user as user', 'user.id', 'entry.user_id')
      .select([
        'entry.id',
        'entry.at',
        'entry.actor',
        'entry.action',
        'entry.target',
        'entry.details',
        'user.email',
      ])
      .orderBy('entry.id', 'desc')
      .limit(limit + 1)
    if (cursor !== undefined) rows = rows.where('entry.id', '<', cursor)
    if (action) rows = rows.where('entry.action', '=', action)
    if (search) {
      const pattern = `%${search.replace(/[\\%_]/g, '\\$&')}%`
      rows = rows.where(
        sql<boolean>`concat_ws(' ', entry.actor, entry.action, entry.target, "user".email, entry.details::text) ilike ${pattern}`,
      )
    }
    const found = await rows.execute()
    const kept = found.slice(0, limit)
    const actions = await db.selectFrom('audit_log').select('action').distinct().orderBy('action').execute()
    return {
      items: kept.map((row) => ({
        id: row.id,
        at: row.at.toISOString(),
        actor: row.actor,
        action: row.action,
        target: row.target,
        user: row.email,
        details: row.details as Record<string, unknown>,
      })),
      next: found.length > limit ? (kept.at(-1)?.id ?? null) : null,
      actions: actions.map((row) => row.action),
    }
  },
})
