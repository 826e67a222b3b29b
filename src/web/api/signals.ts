import { z } from 'zod'
import { decimal, instant, noBody } from './fields.ts'
import { marketNow } from './market-time.ts'
import { afterCursor, cursorInstant, pageOf, pageQuery, toPage } from './page.ts'
import { route } from './route.ts'

/** How one seat of the council voted; `vote` is null when it abstained. */
const vote = z.object({
  seat: z.string(),
  weight: z.number(),
  vote: z.number().min(-1).max(1).nullable(),
  confidence: z.number().nullable(),
  reasons: z.array(z.string()),
})

export const signal = z.object({
  id: z.uuid(),
  source: z.string(),
  symbol: z.string(),
  action: z.enum(['BUY', 'SELL', 'HOLD']),
  confidence: z.number(),
  reasoning: z.string(),
  /** Price when it was first said. */
  price: decimal,
  stopLoss: decimal.nullable(),
  takeProfit: decimal.nullable(),
  /** Empty unless the source is a council that lists them. */
  votes: z.array(vote),
  /** For everyone, or for this user alone. */
  isOwn: z.boolean(),
  isLive: z.boolean(),
  /** Market time, like the others. */
  createdAt: instant,
  renewedAt: instant,
  expiresAt: instant,
})
export type Signal = z.infer<typeof signal>

/** Signals this user may act on. */
export const listSignals = route({
  method: 'get',
  path: '/signals',
  summary: 'Signals for everyone and for this user, the latest first, with the council’s votes.',
  query: pageQuery.omit({ account: true }).extend({ source: z.string().max(100).optional() }),
  body: noBody,
  answer: pageOf(signal),
  async handle({ db, market, query }) {
    const now = await marketNow(db, market)
    let rows = db
      .selectFrom('trading_signals')
      .selectAll()
      .select(cursorInstant('created_at').as('cursor_at'))
      .where(afterCursor(query.cursor, { at: 'created_at', id: 'id' }))
      .orderBy('created_at', 'desc')
      .orderBy('id', 'desc')
      .limit(query.limit + 1)
    if (query.source) rows = rows.where('source', '=', query.source)
    return toPage(await rows.execute(), query.limit, (row) => ({
      id: row.id,
      source: row.source,
      symbol: row.symbol,
      action: row.action as Signal['action'],
      confidence: row.confidence,
      reasoning: row.reasoning,
      price: row.price,
      stopLoss: row.stop_loss,
      takeProfit: row.take_profit,
      votes: votesIn(row.details),
      isOwn: row.user_id !== null,
      isLive: row.ended_at === null && (now === undefined || row.expires_at > now),
      createdAt: row.created_at.toISOString(),
      renewedAt: row.renewed_at.toISOString(),
      expiresAt: row.expires_at.toISOString(),
    }))
  },
})

/** Votes as the council stored them; another source's details mean nothing here. */
function votesIn(details: unknown): Signal['votes'] {
  const result = z.object({ votes: z.array(vote) }).safeParse(details)
  return result.success ? result.data.votes : []
}
