import { z } from 'zod'
import { signalActions } from '../../domain/signal.ts'
import { type Seat, seatWeights } from '../../domain/strategies/council/vote.ts'
import { decimal, instant, noBody } from './fields.ts'
import { marketNow } from './market-time.ts'
import { afterCursor, cursorInstant, pageOf, pageQuery, toPage } from './page.ts'
import { route } from './route.ts'

/** How one seat of the council voted, from −1 (sell) to 1 (buy); `value` is null when it abstained. */
const seatVote = z.object({
  seat: z.string(),
  weight: z.number(),
  value: z.number().nullable(),
  confidence: z.number().nullable(),
  reasons: z.array(z.string()),
  /** Why nothing may be bought or sold now, whatever the others say. */
  veto: z.string().nullable(),
})

/** One part of a setup, from −1 to 1. */
const setupPart = z.object({ name: z.string(), value: z.number() })

export const signal = z
  .object({
    id: z.uuid(),
    source: z.string(),
    symbol: z.string(),
    action: z.enum(signalActions),
    confidence: z.number(),
    reasoning: z.string(),
    /** Price when it was first said. */
    price: decimal,
    stopLoss: decimal.nullable(),
    takeProfit: decimal.nullable(),
    /** What the council's seats said; empty for other sources. */
    votes: z.array(seatVote),
    /** What smart entry looked at; empty for other sources. */
    parts: z.array(setupPart),
    /** Candle patterns that smart entry saw at the end of its window. */
    patterns: z.array(z.string()),
    /** Where the market turned last below and above, as smart entry saw it; null where it did not. */
    support: z.number().nullable(),
    resistance: z.number().nullable(),
    /** Weighted sum of the votes or parts, from −1 to 1. */
    score: z.number().nullable(),
    /** For everyone, or for this user alone. */
    isOwn: z.boolean(),
    isLive: z.boolean(),
    /** Market time, like the others. */
    createdAt: instant,
    renewedAt: instant,
    expiresAt: instant,
  })
  .meta({ id: 'Signal', description: 'A wish to trade, with what it rests on.' })
export type Signal = z.infer<typeof signal>

/** Comma-separated; HOLD, which only ends what was said before, is left out by who looks for wishes. */
const actions = z
  .string()
  .transform((text) => text.split(','))
  .pipe(z.array(z.enum(signalActions, 'must be BUY, SELL or HOLD, several separated by commas')))
  .optional()

/** Only what each source said last of each symbol, a HOLD that says why it waits among them. */
const latest = z.literal('true', 'must be true, or left out').optional()

/** Signals this user may act on. */
export const listSignals = route({
  method: 'get',
  path: '/signals',
  summary: 'Signals for everyone and for this user, the latest first, with the council’s votes.',
  query: pageQuery
    .omit({ account: true })
    .extend({ source: z.string().max(100).optional(), actions, latest }),
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
    if (query.actions) rows = rows.where('action', 'in', query.actions)
    // One row of a source and symbol has not ended, and it is the last.
    if (query.latest) rows = rows.where('ended_at', 'is', null)
    if (query.source) rows = rows.where('source', '=', query.source)
    return toPage(await rows.execute(), query.limit, (row) => toSignal(row, now))
  },
})

/** The columns of a signal that an answer shows. */
export interface SignalRow {
  id: string
  source: string
  symbol: string
  action: string
  confidence: number
  reasoning: string
  price: string
  stop_loss: string | null
  take_profit: string | null
  details: unknown
  user_id: string | null
  ended_at: Date | null
  created_at: Date
  renewed_at: Date
  expires_at: Date
}

/** A row of the table as an answer; `now` is market time, undefined while it is not known. */
export function toSignal(row: SignalRow, now: Date | undefined): Signal {
  return {
    id: row.id,
    source: row.source,
    symbol: row.symbol,
    action: row.action as Signal['action'],
    confidence: row.confidence,
    reasoning: row.reasoning,
    price: row.price,
    stopLoss: row.stop_loss,
    takeProfit: row.take_profit,
    ...insightOf(row.details),
    isOwn: row.user_id !== null,
    isLive: row.ended_at === null && (now === undefined || row.expires_at > now),
    createdAt: row.created_at.toISOString(),
    renewedAt: row.renewed_at.toISOString(),
    expiresAt: row.expires_at.toISOString(),
  }
}

/** What built-in sources store beside a signal; another source's details mean nothing here. */
const storedDetails = z.object({
  score: z.number().nullable().default(null),
  votes: z
    .array(
      z.object({
        seat: z.enum(Object.keys(seatWeights) as [Seat]),
        value: z.number().optional(),
        confidence: z.number().optional(),
        reasons: z.array(z.string()),
        veto: z.string().optional(),
      }),
    )
    .default([]),
  parts: z.record(z.string(), z.number()).default({}),
  patterns: z.array(z.string()).default([]),
  levels: z
    .object({ support: z.number().nullable(), resistance: z.number().nullable() })
    .default({ support: null, resistance: null }),
})

type Insight = Pick<Signal, 'votes' | 'parts' | 'patterns' | 'support' | 'resistance' | 'score'>

function insightOf(details: unknown): Insight {
  const { data } = storedDetails.safeParse(details)
  if (!data) return { votes: [], parts: [], patterns: [], support: null, resistance: null, score: null }
  return {
    score: data.score,
    votes: data.votes.map(({ seat, value, confidence, reasons, veto }) => ({
      seat,
      weight: seatWeights[seat],
      value: value ?? null,
      confidence: confidence ?? null,
      reasons,
      veto: veto ?? null,
    })),
    parts: Object.entries(data.parts).map(([name, value]) => ({ name, value })),
    patterns: data.patterns,
    ...data.levels,
  }
}
