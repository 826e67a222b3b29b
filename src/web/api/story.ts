import { z } from 'zod'
import type { Db } from '#db/client.ts'
import { eventsOf } from '#db/order-events.ts'
import { noSuch } from '../problem.ts'
import { decision, decisionRows, toDecision } from './decisions.ts'
import { decimal, idOf, instant } from './fields.ts'
import { fill, fillsWhere } from './fills.ts'
import { orderEvent, toEvent } from './order-story.ts'
import { order, toOrder } from './orders.ts'
import { route } from './route.ts'
import { signal, toSignal } from './signals.ts'
import { stopChange, stopChangesOf } from './stop-changes.ts'
import { timelineEntry, timelineOf } from './timeline.ts'
import { toTrade, trade } from './trades.ts'

/** A time in which a position was not protected as it should have been. */
const gap = z
  .object({
    kind: z.enum(['no_stop', 'not_evaluated', 'exit_unknown']),
    reason: z.string(),
    beganAt: instant,
    endedAt: instant.nullable(),
  })
  .meta({
    id: 'ProtectionGap',
    description: 'A time in which a position was not protected as it should have been.',
  })

const orderWithEvents = order.extend({ events: z.array(orderEvent) }).meta({ id: 'OrderWithEvents' })

/** Everything that happened to one position, in the order in which a trader asks for it. */
export const story = z
  .object({
    positionId: z.uuid(),
    accountId: z.uuid(),
    symbol: z.string(),
    side: z.enum(['long', 'short']),
    state: z.enum(['opening', 'open', 'closing', 'closed', 'void', 'stray']),
    /** Null for what was opened by hand and adopted. */
    signal: signal.nullable(),
    decision: decision.nullable(),
    /** What its entry was planned with. */
    plan: z.object({ stopLoss: decimal.nullable(), takeProfit: decimal.nullable(), leverage: decimal }),
    orders: z.array(orderWithEvents),
    fills: z.array(fill),
    /** How stop and target moved, and why. */
    stops: z.array(stopChange),
    gaps: z.array(gap),
    trade: trade.nullable(),
    /** All of it as sentences, oldest first, by the wall clock. */
    timeline: z.array(timelineEntry),
  })
  .meta({
    id: 'Story',
    description: 'Everything that happened to one position: from the signal to the exit.',
  })
export type Story = z.infer<typeof story>

/** Why a trade was made, how it went, and why it ended. */
export const getTradeStory = route({
  method: 'get',
  path: '/trades/:id/story',
  summary:
    'The whole story of a trade: signal, votes, decision with every number, orders, fills, stops, exit.',
  params: idOf('trade'),
  answer: story,
  async handle({ db, params }) {
    const row = await db
      .selectFrom('trades')
      .select('position_id')
      .where('id', '=', params.id)
      .executeTakeFirst()
    const found = row && (await storyOf(db, row.position_id))
    if (!found) throw noSuch('trade', params.id, '/trades')
    return found
  },
})

/** The story of a position so far. */
export const getPositionStory = route({
  method: 'get',
  path: '/positions/:id/story',
  summary: 'The story of a position so far, closed ones included.',
  params: idOf('position'),
  answer: story,
  async handle({ db, params }) {
    const found = await storyOf(db, params.id)
    if (!found) throw noSuch('position', params.id, '/positions')
    return found
  },
})

async function storyOf(db: Db, positionId: string): Promise<Story | undefined> {
  const position = await db
    .selectFrom('positions')
    .selectAll()
    .where('id', '=', positionId)
    .executeTakeFirst()
  if (!position) return undefined
  const orders = await ordersOf(db, positionId)
  const parts = {
    signal: await signalOf(db, position.signal_id),
    decision: await decisionOf(db, position.decision_id),
    orders,
    fills: await fillsWhere(db, { positionId }),
    stops: await stopChangesOf(db, positionId),
    gaps: await gapsOf(db, positionId),
    trade: await tradeOf(db, positionId),
  }
  return {
    positionId,
    accountId: position.account_id,
    symbol: position.symbol,
    side: position.side as Story['side'],
    state: position.state as Story['state'],
    plan: { stopLoss: position.stop_loss, takeProfit: position.take_profit, leverage: position.leverage },
    ...parts,
    timeline: timelineOf(parts),
  }
}

async function ordersOf(db: Db, positionId: string): Promise<Story['orders']> {
  const rows = await db
    .selectFrom('orders')
    .selectAll()
    .where('position_id', '=', positionId)
    .orderBy('planned_at')
    .orderBy('id')
    .execute()
  const orders: Story['orders'] = []
  for (const row of rows) orders.push({ ...toOrder(row), events: (await eventsOf(db, row.id)).map(toEvent) })
  return orders
}

async function signalOf(db: Db, signalId: string | null): Promise<Story['signal']> {
  if (signalId === null) return null
  const row = await db.selectFrom('trading_signals').selectAll().where('id', '=', signalId).executeTakeFirst()
  return row ? toSignal(row, undefined) : null
}

async function decisionOf(db: Db, decisionId: string | null): Promise<Story['decision']> {
  if (decisionId === null) return null
  const row = await decisionRows(db).where('decisions.id', '=', decisionId).executeTakeFirst()
  return row ? toDecision(row) : null
}

async function gapsOf(db: Db, positionId: string): Promise<Story['gaps']> {
  const rows = await db
    .selectFrom('protection_gaps')
    .select(['kind', 'reason', 'began_at', 'ended_at'])
    .where('position_id', '=', positionId)
    .orderBy('began_at')
    .execute()
  return rows.map((row) => ({
    kind: row.kind as Story['gaps'][number]['kind'],
    reason: row.reason,
    beganAt: row.began_at.toISOString(),
    endedAt: row.ended_at?.toISOString() ?? null,
  }))
}

async function tradeOf(db: Db, positionId: string): Promise<Story['trade']> {
  const row = await db
    .selectFrom('trades')
    .selectAll()
    .where('position_id', '=', positionId)
    .executeTakeFirst()
  return row ? toTrade(row) : null
}
