import { z } from 'zod'
import type { Db } from '#db/client.ts'
import { instant, noBody } from './fields.ts'
import { afterCursor, cursorInstant, pageOf, pageQuery, toPage } from './page.ts'
import { route } from './route.ts'

/** One named step of the decision with the numbers it looked at, as the cycle stored it. */
const step = z
  .object({
    name: z.string(),
    passed: z.boolean(),
    numbers: z.record(z.string(), z.union([z.number(), z.string(), z.boolean(), z.null()])),
    reason: z.string().optional(),
  })
  .meta({ id: 'DecisionStep' })

export const decision = z
  .object({
    id: z.uuid(),
    accountId: z.uuid(),
    symbol: z.string(),
    outcome: z.enum(['taken', 'skipped']),
    /** What was done, open or close, or the rule that refused. */
    action: z.string(),
    reasons: z.array(z.string()),
    steps: z.array(step),
    signal: z.object({
      id: z.uuid(),
      source: z.string(),
      action: z.enum(['BUY', 'SELL', 'HOLD']),
      confidence: z.number(),
    }),
    /** Market time of the decision. */
    marketAt: instant,
    createdAt: instant,
  })
  .meta({ id: 'Decision', description: 'Why it did, or did not, trade: every step with its numbers.' })
export type Decision = z.infer<typeof decision>

/** Why it did, or did not, trade. */
export const listDecisions = route({
  method: 'get',
  path: '/decisions',
  summary: 'Decisions on signals, the latest first, with every reason and number.',
  query: pageQuery.extend({ outcome: z.enum(['taken', 'skipped'], 'must be taken or skipped').optional() }),
  body: noBody,
  answer: pageOf(decision),
  async handle({ db, query }) {
    let rows = decisionRows(db)
      .select(cursorInstant('decisions.created_at').as('cursor_at'))
      .where(afterCursor(query.cursor, { at: 'decisions.created_at', id: 'decisions.id' }))
      .orderBy('decisions.created_at', 'desc')
      .orderBy('decisions.id', 'desc')
      .limit(query.limit + 1)
    if (query.account) rows = rows.where('decisions.account_id', '=', query.account)
    if (query.outcome) rows = rows.where('decisions.outcome', '=', query.outcome)
    return toPage(await rows.execute(), query.limit, toDecision)
  },
})

/** Decisions with the signal that each is on. */
export function decisionRows(db: Db) {
  return db
    .selectFrom('decisions')
    .innerJoin('trading_signals', 'trading_signals.id', 'decisions.signal_id')
    .selectAll('decisions')
    .select([
      'trading_signals.source',
      'trading_signals.action as signal_action',
      'trading_signals.confidence',
    ])
}

type DecisionRow = Awaited<ReturnType<ReturnType<typeof decisionRows>['execute']>>[number]

/** A row as an answer. */
export function toDecision(row: DecisionRow): Decision {
  return {
    id: row.id,
    accountId: row.account_id,
    symbol: row.symbol,
    outcome: row.outcome as Decision['outcome'],
    action: row.action,
    reasons: row.reasons as Decision['reasons'],
    steps: row.steps as Decision['steps'],
    signal: {
      id: row.signal_id,
      source: row.source,
      action: row.signal_action as Decision['signal']['action'],
      confidence: row.confidence,
    },
    marketAt: row.market_at.toISOString(),
    createdAt: row.created_at.toISOString(),
  }
}
