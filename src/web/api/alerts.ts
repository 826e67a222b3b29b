import { sql } from 'kysely'
import { z } from 'zod'
import { severities } from '../../domain/alerts/severity.ts'
import { noSuch } from '../problem.ts'
import { idOf, instant } from './fields.ts'
import { afterCursor, cursorInstant, pageOf, pageQuery, toPage } from './page.ts'
import { route } from './route.ts'

const delivery = z.object({
  channel: z.enum(['email', 'telegram']),
  state: z.enum(['waiting', 'sent', 'refused', 'given_up']),
  at: instant.meta({
    description: 'When it went out or was given up; while it waits, when it is tried next.',
  }),
  reason: z.string().nullable(),
})

const alert = z
  .object({
    id: z.uuid(),
    accountId: z.uuid().nullable(),
    positionId: z.uuid().nullable(),
    kind: z.string(),
    severity: z.enum(severities),
    title: z.string(),
    text: z.string(),
    advice: z.string().nullable(),
    facts: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
    raisedAt: instant,
    /** How often the same came again within a quarter of an hour. */
    repeats: z.int(),
    acknowledgedAt: instant.nullable(),
    /** Whether it concerns the installation and not this user: administrators alone see those. */
    isOperators: z.boolean(),
    /** Its messages to the caller. */
    deliveries: z.array(delivery),
  })
  .meta({ id: 'Alert', description: 'Something a person should hear of.' })
export type Alert = z.infer<typeof alert>

const choice = z.enum(severities, `must be one of ${severities.join(', ')}`)

/** What the caller should hear of; an administrator, of the installation too. */
export const listAlerts = route({
  method: 'get',
  path: '/alerts',
  summary: 'Alerts of the caller, the latest first, with what became of their messages.',
  query: pageQuery.extend({
    severity: choice.optional(),
    open: z
      .enum(['true', 'false'], 'must be true or false')
      .optional()
      .meta({ description: 'Whether nobody has acknowledged it yet.' }),
  }),
  answer: pageOf(alert),
  async handle({ db, user, query }) {
    let rows = db
      .selectFrom('alerts')
      .selectAll()
      .select(cursorInstant('raised_at').as('cursor_at'))
      .where(afterCursor(query.cursor, { at: 'raised_at', id: 'id' }))
      .orderBy('raised_at', 'desc')
      .orderBy('id', 'desc')
      .limit(query.limit + 1)
    if (query.account) rows = rows.where('account_id', '=', query.account)
    if (query.severity) rows = rows.where('severity', '=', query.severity)
    if (query.open) rows = rows.where('acknowledged_at', query.open === 'true' ? 'is' : 'is not', null)
    const found = await rows.execute()
    const sent = await db
      .selectFrom('alert_deliveries')
      .select(['alert_id', 'channel', 'state', 'ended_at', 'next_try_at', 'reason'])
      .where('user_id', '=', user.id)
      .where('alert_id', 'in', [...found.map(({ id }) => id), user.id])
      .orderBy('created_at')
      .execute()
    const byAlert = Map.groupBy(sent, (row) => row.alert_id)
    return toPage(
      found,
      query.limit,
      (row): Alert => ({
        id: row.id,
        accountId: row.account_id,
        positionId: row.position_id,
        kind: row.kind,
        severity: row.severity as Alert['severity'],
        title: row.title,
        text: row.text,
        advice: row.advice,
        facts: row.facts as Alert['facts'],
        raisedAt: row.raised_at.toISOString(),
        repeats: row.repeats,
        acknowledgedAt: row.acknowledged_at?.toISOString() ?? null,
        isOperators: row.user_id === null,
        deliveries: (byAlert.get(row.id) ?? []).map((one) => ({
          channel: one.channel as 'email' | 'telegram',
          state: one.state as Alert['deliveries'][number]['state'],
          at: (one.ended_at ?? one.next_try_at).toISOString(),
          reason: one.reason,
        })),
      }),
    )
  },
})

const openAlerts = z.object({ critical: z.int(), warning: z.int() })
export type OpenAlerts = z.infer<typeof openAlerts>

/** How many alerts wait for somebody to look. */
export const countAlerts = route({
  method: 'get',
  path: '/alerts/open',
  summary: 'How many critical alerts and warnings nobody has acknowledged.',
  answer: openAlerts,
  async handle({ db }) {
    const rows = await db
      .selectFrom('alerts')
      .select(['severity', sql<number>`count(*)::int`.as('count')])
      .where('acknowledged_at', 'is', null)
      .where('severity', 'in', ['critical', 'warning'])
      .groupBy('severity')
      .execute()
    const of = (severity: string) => rows.find((row) => row.severity === severity)?.count ?? 0
    return { critical: of('critical'), warning: of('warning') }
  },
})

const acknowledged = z.object({ acknowledged: z.int().meta({ description: 'How many had not been yet.' }) })

/** Says that somebody has seen an alert: it is told no more. */
export const acknowledgeAlert = route({
  method: 'post',
  path: '/alerts/:id/acknowledge',
  scope: 'trade',
  summary: 'Acknowledges an alert: it escalates no further.',
  params: idOf('alert'),
  answer: acknowledged,
  async handle({ db, user, params: { id } }) {
    const known = await db.selectFrom('alerts').select('id').where('id', '=', id).executeTakeFirst()
    if (!known) throw noSuch('alert', id, '/alerts')
    const rows = await db
      .updateTable('alerts')
      .set({ acknowledged_at: new Date(), acknowledged_by: user.id })
      .where('id', '=', id)
      .where('acknowledged_at', 'is', null)
      .returning('id')
      .execute()
    return { acknowledged: rows.length }
  },
})

/** The same for all of them. */
export const acknowledgeAlerts = route({
  method: 'post',
  path: '/alerts/acknowledge',
  scope: 'trade',
  summary: 'Acknowledges every alert of the caller that was raised up to a moment.',
  body: z.strictObject(
    { until: z.iso.datetime('must be an instant such as 2026-11-20T17:30:00Z') },
    'must be an object with until',
  ),
  answer: acknowledged,
  async handle({ db, user, body }) {
    const rows = await db
      .updateTable('alerts')
      .set({ acknowledged_at: new Date(), acknowledged_by: user.id })
      .where('acknowledged_at', 'is', null)
      .where('raised_at', '<=', new Date(body.until))
      .returning('id')
      .execute()
    return { acknowledged: rows.length }
  },
})
