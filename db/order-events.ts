import type { OrderState } from '#src/domain/order.ts'
import type { Db } from './client.ts'

/** Who moved an order, and on what grounds; kept for ever. */
export interface Grounds {
  readonly actor: string
  readonly evidence?: object
}

/** An event of an order, as it is read back. */
export interface OrderEvent {
  readonly from: OrderState | null
  readonly to: OrderState
  readonly actor: string
  readonly evidence: unknown
  readonly at: Date
}

/** Writes an event: a transition, or evidence found while the state stays. */
export async function recordEvent(
  db: Db,
  order: { readonly id: string; readonly userId: string },
  from: OrderState | null,
  to: OrderState,
  grounds: Grounds,
): Promise<void> {
  await db
    .insertInto('order_events')
    .values({
      user_id: order.userId,
      order_id: order.id,
      from_state: from,
      to_state: to,
      actor: grounds.actor,
      evidence: JSON.stringify(grounds.evidence ?? {}),
    })
    .execute()
}

/** The events of an order, oldest first. */
export async function eventsOf(db: Db, orderId: string): Promise<OrderEvent[]> {
  const rows = await db
    .selectFrom('order_events')
    .select(['from_state', 'to_state', 'actor', 'evidence', 'at'])
    .where('order_id', '=', orderId)
    .orderBy('id')
    .execute()
  return rows.map((row) => ({
    from: row.from_state as OrderState | null,
    to: row.to_state as OrderState,
    actor: row.actor,
    evidence: row.evidence,
    at: row.at,
  }))
}
