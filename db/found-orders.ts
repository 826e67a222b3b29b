import type { CloseReason } from '#src/domain/close-reason.ts'
import type { DecimalText } from '#src/domain/decimal.ts'
import type { OrderPurpose, OrderState, OrderType } from '#src/domain/order.ts'
import type { OrderSide } from '#src/domain/side.ts'
import type { Db } from './client.ts'
import { type Grounds, recordEvent } from './order-events.ts'
import { takeSlots } from './order-slots.ts'

/** An order that reached the venue without this journal: the user's own, or ours from before a restore. */
export interface FoundOrder {
  readonly userId: string
  readonly accountId: string
  readonly positionId: string
  readonly exchange: string
  readonly symbol: string
  readonly side: OrderSide
  readonly purpose: Extract<OrderPurpose, 'entry' | 'exit' | 'stop'>
  readonly type: OrderType
  readonly quantity: DecimalText
  readonly price: DecimalText
  readonly isReduceOnly: boolean
  readonly clientOrderId: string
  /** null where it is not known, or only a part of the order is ours. */
  readonly venueOrderId: string | null
  readonly state: Extract<OrderState, 'open' | 'filled'>
  readonly closeReason: CloseReason | null
  readonly at: Date
}

/** Writes a found order into the journal as what it is at the venue. It was never planned here. */
export async function insertFoundOrder(db: Db, order: FoundOrder, grounds: Grounds): Promise<string> {
  const isFilled = order.state === 'filled'
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
      ...(order.type === 'stop_market' && { stop_price: order.price }),
      reference_price: order.price,
      is_reduce_only: order.isReduceOnly,
      client_order_id: order.clientOrderId,
      venue_order_id: order.venueOrderId,
      state: order.state,
      filled: isFilled ? order.quantity : '0',
      ...(isFilled && { average_price: order.price, ended_at: order.at }),
      close_reason: order.closeReason,
      sent_at: order.at,
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  if (order.purpose === 'entry')
    await takeSlots(db, { id, userId: order.userId, positionId: order.positionId }, ['entry'])
  await recordEvent(db, { id, userId: order.userId }, null, order.state, grounds)
  return id
}
