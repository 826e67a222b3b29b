import { z } from 'zod'
import type { Db } from '#db/client.ts'
import { eventsOf, type OrderEvent as StoredEvent } from '#db/order-events.ts'
import { orderStates } from '../../domain/order.ts'
import { noSuch } from '../problem.ts'
import { facts, factsOf } from './facts.ts'
import { decimal, idOf, instant } from './fields.ts'
import { fill, fillsWhere } from './fills.ts'
import { eventText } from './order-words.ts'
import { order, toOrder } from './orders.ts'
import { route } from './route.ts'

/** One step of an order, in words and with what it rests on. */
export const orderEvent = z
  .object({
    at: instant,
    from: z.enum(orderStates).nullable(),
    to: z.enum(orderStates),
    /** Who moved it: a worker, a person, or the venue's own report. */
    by: z.string(),
    text: z.string(),
    facts,
  })
  .meta({ id: 'OrderEvent', description: 'One step of an order, in words and with what it rests on.' })

/** What the venue said about an order whose outcome was not known, question by question. */
const evidence = z.object({
  round: z.int(),
  askedAt: instant,
  question: z.string(),
  /** Whether the answer speaks for the order being there. */
  found: z.boolean(),
  facts,
})

const orderStory = order
  .extend({
    events: z.array(orderEvent),
    evidence: z.array(evidence),
    fills: z.array(fill),
    /** What is still held of its position for it. */
    reserved: decimal,
    /** The effects that it alone may have, such as `close` or `tp:1`. */
    slots: z.array(z.string()),
  })
  .meta({ id: 'OrderStory' })

/** One order with everything that happened to it. */
export const getOrder = route({
  method: 'get',
  path: '/orders/:id',
  summary: 'An order with its steps, its fills, and what the venue was asked about it.',
  params: idOf('order'),
  answer: orderStory,
  async handle({ db, params }) {
    const row = await db.selectFrom('orders').selectAll().where('id', '=', params.id).executeTakeFirst()
    if (!row) throw noSuch('order', params.id, '/orders')
    const slots = await db
      .selectFrom('order_slots')
      .select('slot')
      .where('order_id', '=', params.id)
      .orderBy('id')
      .execute()
    return {
      ...toOrder(row),
      events: (await eventsOf(db, params.id)).map(toEvent),
      evidence: await evidenceOf(db, params.id),
      fills: await fillsWhere(db, { orderId: params.id }),
      reserved: row.reserved,
      slots: slots.map(({ slot }) => slot),
    }
  },
})

/** An event of the journal as an answer. */
export function toEvent(event: StoredEvent): z.infer<typeof orderEvent> {
  const { from, to, actor, evidence, at } = event
  return { at: at.toISOString(), from, to, by: actor, text: eventText(event), facts: factsOf(evidence) }
}

async function evidenceOf(db: Db, orderId: string): Promise<z.infer<typeof evidence>[]> {
  const rows = await db
    .selectFrom('order_evidence')
    .select(['round', 'asked_at', 'kind', 'found', 'details'])
    .where('order_id', '=', orderId)
    .orderBy('id')
    .execute()
  return rows.map((row) => ({
    round: row.round,
    askedAt: row.asked_at.toISOString(),
    question: row.kind,
    found: row.found,
    facts: factsOf(row.details),
  }))
}
