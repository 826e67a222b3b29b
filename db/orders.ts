import { sql } from 'kysely'
import type { CloseReason } from '#src/domain/close-reason.ts'
import type { DecimalText } from '#src/domain/decimal.ts'
import {
  isEnded,
  type OrderPurpose,
  type OrderSlot,
  type OrderState,
  type OrderType,
  orderStates,
} from '#src/domain/order.ts'
import type { OrderSide } from '#src/domain/side.ts'
import { currentTrace } from '#src/tracing.ts'
import type { Db } from './client.ts'
import { type Grounds, recordEvent } from './order-events.ts'
import { takeSlots } from './order-slots.ts'

const endings = orderStates.filter(isEnded)

/** An order in the journal: what we meant, and what became of it. */
export interface Order {
  readonly id: string
  readonly userId: string
  readonly accountId: string
  readonly positionId: string
  readonly exchange: string
  readonly symbol: string
  readonly side: OrderSide
  readonly purpose: OrderPurpose
  readonly type: OrderType
  readonly quantity: DecimalText
  readonly price: DecimalText | null
  /** The price that triggers a stop; of an entry, that of the stop which it carries. */
  readonly stopPrice: DecimalText | null
  /** The client order id of the entry that carried this stop to the venue: it is found by that one alone. */
  readonly attachedTo: string | null
  /** The price the order was decided at: for slippage and for what is reserved. */
  readonly referencePrice: DecimalText
  readonly isReduceOnly: boolean
  readonly leverage: DecimalText | null
  readonly attempt: number
  readonly clientOrderId: string
  readonly venueOrderId: string | null
  /** The order that a triggered stop became: its fills are this order's. */
  readonly becameVenueOrderId: string | null
  readonly state: OrderState
  readonly filled: DecimalText
  /** What this exit still holds of its position. */
  readonly reserved: DecimalText
  readonly closeReason: CloseReason | null
  readonly expiresAt: Date | null
  readonly plannedAt: Date
  readonly sentAt: Date | null
  readonly leaseUntil: Date | null
  /** Since when it is to be taken back; a cancel never expires. */
  readonly cancelRequestedAt: Date | null
  /** Since when the venue does not show it, though it had confirmed it. */
  readonly silentSince: Date | null
  /** What happens to a limit entry that did not fill in its time. */
  readonly onTimeout: 'reprice' | 'skip' | null
  readonly failureCode: string | null
  readonly failureReason: string | null
  readonly advice: string | null
  /** The step that planned it, where steps are traced (W3C `traceparent`). */
  readonly traceparent: string | null
}

/** An order to be planned. */
export type NewOrder = Pick<
  Order,
  | 'userId'
  | 'accountId'
  | 'positionId'
  | 'exchange'
  | 'symbol'
  | 'side'
  | 'purpose'
  | 'type'
  | 'quantity'
  | 'referencePrice'
  | 'isReduceOnly'
  | 'clientOrderId'
> & {
  readonly price?: DecimalText | null
  readonly stopPrice?: DecimalText | null
  readonly leverage?: DecimalText | null
  readonly attempt?: number
  readonly closeReason?: CloseReason | null
  /** From now, by the database's clock; entries alone. */
  readonly expiresInMs?: number
  /** How long a limit order may rest, from now, and what follows then. */
  readonly restsForMs?: number
  readonly onTimeout?: 'reprice' | 'skip' | null
}

/** What a transition changes besides the state. */
export interface OrderChange {
  readonly venueOrderId?: string
  readonly becameVenueOrderId?: string
  readonly filled?: DecimalText
  readonly reserved?: DecimalText
  readonly averagePrice?: DecimalText
  readonly failureCode?: string
  readonly failureReason?: string
  readonly advice?: string
  readonly sentAt?: null
  readonly leaseUntil?: null
  readonly silentSince?: null
}

/** Plans an order with its slots and its first event. The caller's transaction holds the position's lock. */
export async function insertOrder(
  db: Db,
  order: NewOrder,
  slots: readonly OrderSlot[],
  grounds: Grounds,
): Promise<string> {
  const { id } = await db
    .insertInto('orders')
    .values({
      user_id: order.userId,
      account_id: order.accountId,
      position_id: order.positionId,
      exchange: order.exchange,
      symbol: order.symbol,
      side: order.side,
      purpose: order.purpose,
      type: order.type,
      quantity: order.quantity,
      price: order.price ?? null,
      stop_price: order.stopPrice ?? null,
      reference_price: order.referencePrice,
      is_reduce_only: order.isReduceOnly,
      leverage: order.leverage ?? null,
      attempt: order.attempt ?? 1,
      client_order_id: order.clientOrderId,
      close_reason: order.closeReason ?? null,
      reserved: order.purpose === 'exit' ? order.quantity : '0',
      expires_at: order.expiresInMs === undefined ? null : fromNow(order.expiresInMs),
      rests_until: order.restsForMs === undefined ? null : fromNow(order.restsForMs),
      on_timeout: order.onTimeout ?? null,
      traceparent: currentTrace(),
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  await takeSlots(db, { id, userId: order.userId, positionId: order.positionId }, slots)
  await recordEvent(db, { id, userId: order.userId }, null, 'planned', grounds)
  return id
}

const fromNow = (ms: number) => sql<Date>`clock_timestamp() + ${ms} * interval '1 millisecond'`

/** An order, or undefined. */
export async function findOrder(db: Db, orderId: string): Promise<Order | undefined> {
  const row = await db.selectFrom('orders').selectAll().where('id', '=', orderId).executeTakeFirst()
  return row && toOrder(row)
}

/** An order that must exist. */
export async function orderOrThrow(db: Db, orderId: string): Promise<Order> {
  const order = await findOrder(db, orderId)
  if (!order) throw new Error(`there is no order ${orderId}`)
  return order
}

/** An order under lock until the transaction ends. The position's lock is taken before it, always in this order. */
export async function lockOrder(db: Db, orderId: string): Promise<Order> {
  const row = await db
    .selectFrom('orders')
    .selectAll()
    .where('id', '=', orderId)
    .forNoKeyUpdate()
    .executeTakeFirst()
  if (!row) throw new Error(`there is no order ${orderId}`)
  return toOrder(row)
}

/**
 * Takes a planned order for one sender, by the database's clock: of many that try, one gets it. An expired entry is not
 * taken. The lease says until when the sender may be alive.
 */
export async function claimPlanned(
  db: Db,
  orderId: string,
  worker: string,
  leaseMs: number,
): Promise<Order | undefined> {
  const row = await db
    .updateTable('orders')
    .set({
      state: 'submitting',
      claimed_by: worker,
      sent_at: sql<Date>`clock_timestamp()`,
      lease_until: sql<Date>`clock_timestamp() + ${leaseMs} * interval '1 millisecond'`,
    })
    .where('id', '=', orderId)
    .where('state', '=', 'planned')
    .where((or) => or.or([or('expires_at', 'is', null), or('expires_at', '>', sql<Date>`clock_timestamp()`)]))
    .returningAll()
    .executeTakeFirst()
  return row && toOrder(row)
}

/**
 * Moves an order along one edge and writes the event. The database refuses an edge that does not exist. Ending it sets
 * ended_at; going back to `planned` or to life clears it.
 */
export async function moveOrder(
  db: Db,
  order: Pick<Order, 'id' | 'userId' | 'state'>,
  to: OrderState,
  grounds: Grounds,
  change: OrderChange = {},
): Promise<void> {
  await db
    .updateTable('orders')
    .set({
      state: to,
      ended_at: isEnded(to) ? sql<Date>`clock_timestamp()` : null,
      ...columnsOf(change),
    })
    .where('id', '=', order.id)
    .execute()
  await recordEvent(db, order, order.state, to, grounds)
}

/** Writes what changed on an order whose state stays. */
export async function changeOrder(db: Db, orderId: string, change: OrderChange): Promise<void> {
  const values = columnsOf(change)
  if (Object.keys(values).length > 0)
    await db.updateTable('orders').set(values).where('id', '=', orderId).execute()
}

/** The exits of a position that are under way and still hold a part of it, newest first. */
export async function liveReservations(db: Db, positionId: string): Promise<Order[]> {
  const rows = await db
    .selectFrom('orders')
    .selectAll()
    .where('position_id', '=', positionId)
    .where('reserved', '>', '0')
    .orderBy('planned_at', 'desc')
    .orderBy('id', 'desc')
    .forNoKeyUpdate()
    .execute()
  return rows.map(toOrder)
}

/** The orders of a position that have not ended. */
export async function liveOrders(db: Db, positionId: string): Promise<Order[]> {
  const rows = await db
    .selectFrom('orders')
    .selectAll()
    .where('position_id', '=', positionId)
    .where('state', 'not in', endings)
    .execute()
  return rows.map(toOrder)
}

function columnsOf(change: OrderChange) {
  return {
    ...(change.venueOrderId !== undefined && { venue_order_id: change.venueOrderId }),
    ...(change.becameVenueOrderId !== undefined && { became_venue_order_id: change.becameVenueOrderId }),
    ...(change.filled !== undefined && { filled: change.filled }),
    ...(change.reserved !== undefined && { reserved: change.reserved }),
    ...(change.averagePrice !== undefined && { average_price: change.averagePrice }),
    ...(change.failureCode !== undefined && { failure_code: change.failureCode }),
    ...(change.failureReason !== undefined && { failure_reason: change.failureReason }),
    ...(change.advice !== undefined && { advice: change.advice }),
    ...(change.sentAt !== undefined && { sent_at: change.sentAt }),
    ...(change.leaseUntil !== undefined && { lease_until: change.leaseUntil }),
    ...(change.silentSince !== undefined && { silent_since: change.silentSince }),
  }
}

interface OrderRow {
  id: string
  user_id: string
  account_id: string
  position_id: string
  exchange: string
  symbol: string
  side: string
  purpose: string
  type: string
  quantity: string
  price: string | null
  stop_price: string | null
  attached_to: string | null
  reference_price: string
  is_reduce_only: boolean
  leverage: string | null
  attempt: number
  client_order_id: string
  venue_order_id: string | null
  became_venue_order_id: string | null
  state: string
  filled: string
  reserved: string
  close_reason: string | null
  expires_at: Date | null
  planned_at: Date
  sent_at: Date | null
  lease_until: Date | null
  cancel_requested_at: Date | null
  silent_since: Date | null
  on_timeout: string | null
  failure_code: string | null
  failure_reason: string | null
  advice: string | null
  traceparent: string | null
}

/** A row of the table as an order. */
export function toOrder(row: OrderRow): Order {
  return {
    id: row.id,
    userId: row.user_id,
    accountId: row.account_id,
    positionId: row.position_id,
    exchange: row.exchange,
    symbol: row.symbol,
    side: row.side as OrderSide,
    purpose: row.purpose as OrderPurpose,
    type: row.type as OrderType,
    quantity: row.quantity,
    price: row.price,
    stopPrice: row.stop_price,
    attachedTo: row.attached_to,
    referencePrice: row.reference_price,
    isReduceOnly: row.is_reduce_only,
    leverage: row.leverage,
    attempt: row.attempt,
    clientOrderId: row.client_order_id,
    venueOrderId: row.venue_order_id,
    becameVenueOrderId: row.became_venue_order_id,
    state: row.state as OrderState,
    filled: row.filled,
    reserved: row.reserved,
    closeReason: row.close_reason as CloseReason | null,
    expiresAt: row.expires_at,
    plannedAt: row.planned_at,
    sentAt: row.sent_at,
    leaseUntil: row.lease_until,
    cancelRequestedAt: row.cancel_requested_at,
    silentSince: row.silent_since,
    onTimeout: row.on_timeout as Order['onTimeout'],
    failureCode: row.failure_code,
    failureReason: row.failure_reason,
    advice: row.advice,
    traceparent: row.traceparent,
  }
}
