import { z } from 'zod'
import { signalActions } from '../../domain/signal.ts'
import { decimal, instant, noBody } from './fields.ts'
import { afterCursor, cursorInstant, pageOf, pageQuery, toPage } from './page.ts'
import { route } from './route.ts'

/** What a delivery wishes for, as it was understood. */
const wish = z.object({
  symbol: z.string(),
  action: z.enum(signalActions),
  confidence: z.number(),
  stopLoss: z.number().nullable(),
  takeProfit: z.number().nullable(),
})

const delivery = z.object({
  id: z.uuid(),
  webhook: z.string(),
  receivedAt: instant,
  /** `received` waits for a worker, which takes or refuses it. */
  state: z.enum(['received', 'taken', 'refused']),
  /** Why it was refused. */
  reason: z.string().nullable(),
  wish: wish.nullable(),
  /** What came, up to 2,000 characters. */
  body: z.string(),
  /** The signal that it became, and its price then. */
  signal: z.object({ id: z.uuid(), price: decimal }).nullable(),
})
export type WebhookDelivery = z.infer<typeof delivery>

/** What came to the caller's webhooks, and why each was taken or not. */
export const listWebhookDeliveries = route({
  method: 'get',
  path: '/webhook-deliveries',
  summary: 'What came to this user’s webhooks, the latest first, and why each was taken or refused.',
  query: pageQuery.omit({ account: true }),
  body: noBody,
  answer: pageOf(delivery),
  async handle({ db, query }) {
    const rows = await db
      .selectFrom('webhook_deliveries')
      .innerJoin('webhooks', 'webhooks.id', 'webhook_deliveries.webhook_id')
      .leftJoin('trading_signals', 'trading_signals.id', 'webhook_deliveries.signal_id')
      .selectAll('webhook_deliveries')
      .select(['webhooks.name', 'trading_signals.price'])
      .select(cursorInstant('webhook_deliveries.received_at').as('cursor_at'))
      .where(afterCursor(query.cursor, { at: 'webhook_deliveries.received_at', id: 'webhook_deliveries.id' }))
      .orderBy('webhook_deliveries.received_at', 'desc')
      .orderBy('webhook_deliveries.id', 'desc')
      .limit(query.limit + 1)
      .execute()
    return toPage(rows, query.limit, (row) => ({
      id: row.id,
      webhook: row.name,
      receivedAt: row.received_at.toISOString(),
      state: row.state as WebhookDelivery['state'],
      reason: row.reason,
      wish: wishOf(row.wish),
      body: row.body,
      signal: row.signal_id === null || row.price === null ? null : { id: row.signal_id, price: row.price },
    }))
  },
})

const storedWish = wish.extend({
  stopLoss: z.number().optional(),
  takeProfit: z.number().optional(),
})

function wishOf(stored: unknown): WebhookDelivery['wish'] {
  const { data } = storedWish.safeParse(stored)
  return data ? { ...data, stopLoss: data.stopLoss ?? null, takeProfit: data.takeProfit ?? null } : null
}
