import { Decimal } from '../domain/decimal.ts'
import type { OrderSlot } from '../domain/order.ts'
import { planExit } from '../orders/plan.ts'
import { note, wake } from './intents.ts'
import type { LoadParts } from './load.ts'
import { marketOf } from './market.ts'
import type { Place, Resident } from './places.ts'

/** Plans an exit of a position, or a part of it. Two evaluators at once want the same one: one of them gets it. */
export async function leave(parts: LoadParts, place: Place, resident: Resident): Promise<number> {
  const { db, keys, next } = parts
  const { price } = await marketOf(parts.feedOf(place.account), place.symbol)
  const isPartial = !resident.has_tp1 && next() < 0.3
  const slot: OrderSlot = isPartial ? 'tp:1' : 'close'
  const want = () =>
    db.transaction().execute(async (tx) => {
      const orderId = await planExit(tx, keys, {
        positionId: resident.id,
        quantity: isPartial ? new Decimal(resident.qty_open).div(2).toString() : 'all',
        slots: [slot],
        ...(isPartial && { levels: [1] }),
        reason: isPartial ? 'partial_tp_1' : 'take_profit',
        price,
        actor: 'chaos',
      })
      if (orderId !== undefined) await note(tx, orderId, slot)
      return orderId
    })
  const wishes = next() < 0.5 ? [want(), want()] : [want()]
  const planned = (await Promise.all(wishes)).filter((orderId) => orderId !== undefined)
  for (const orderId of planned)
    await wake(parts, orderId, { exchange: place.account.exchange, lane: 'exits' })
  return planned.length
}
