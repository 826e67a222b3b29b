import { sql } from 'kysely'
import type { OrderSlot } from '#src/domain/order.ts'
import type { Db } from './client.ts'

/** Gives business slots of a position to an order. A slot that another live effect holds throws a unique violation. */
export async function takeSlots(
  db: Db,
  order: { readonly id: string; readonly userId: string; readonly positionId: string },
  slots: readonly OrderSlot[],
): Promise<void> {
  if (slots.length === 0) throw new Error(`order ${order.id} holds no slot`)
  await db
    .insertInto('order_slots')
    .values(
      slots.map((slot) => ({
        user_id: order.userId,
        position_id: order.positionId,
        slot,
        order_id: order.id,
      })),
    )
    .execute()
}

/** The slots of a position that are taken. */
export async function takenSlots(db: Db, positionId: string): Promise<OrderSlot[]> {
  const rows = await db
    .selectFrom('order_slots')
    .select('slot')
    .where('position_id', '=', positionId)
    .where('released_at', 'is', null)
    .execute()
  return rows.map((row) => row.slot as OrderSlot)
}

/** How many `reduce:<n>` slots a position has ever had: the next halving is one more. */
export async function countReductions(db: Db, positionId: string): Promise<number> {
  const row = await db
    .selectFrom('order_slots')
    .select(({ fn }) => fn.count<string>('slot').distinct().as('reductions'))
    .where('position_id', '=', positionId)
    .where('slot', 'like', 'reduce:%')
    .executeTakeFirstOrThrow()
  return Number(row.reductions)
}

/** The slots an order was planned for, whether it still holds them or not. */
export async function slotsOf(db: Db, orderId: string): Promise<OrderSlot[]> {
  const rows = await db.selectFrom('order_slots').select('slot').where('order_id', '=', orderId).execute()
  return rows.map((row) => row.slot as OrderSlot)
}

/** Frees an order's slots, or those of them that are named. */
export async function releaseSlots(db: Db, orderId: string, slots?: readonly OrderSlot[]): Promise<void> {
  let update = db
    .updateTable('order_slots')
    .set({ released_at: sql<Date>`clock_timestamp()` })
    .where('order_id', '=', orderId)
    .where('released_at', 'is', null)
  if (slots !== undefined) update = update.where('slot', 'in', [...slots])
  await update.execute()
}
