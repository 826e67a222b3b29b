import { countWakes, takeWakes, type WakeableOrder } from '#db/order-wakes.ts'
import { loseSender } from '#src/orders/lost-sender.ts'
import { cancelOrder, placeOrder, resolveOrder } from '#src/queue/contracts.ts'
import type { IsWaiting } from '#src/queue/waiting.ts'
import type { JobContext } from './context.ts'
import { laneOf, wakeFollowUps, wakeUp } from './follow.ts'

const quietMs = 4_000
const batch = 200
/** Orders whose wakes are looked at and asked for at the same time. */
const atOnce = 20

/**
 * Wakes every order that nobody has looked at for 4 s, or 1.5 s where that leaves something unprotected: the queue is a
 * hint, and this is what makes it one. An order whose last wake still waits in a slow lane gets no other, so that wakes do
 * not pile up. An order whose sender has died is taken for unknown here, so that its position is protected at once.
 */
export async function wakeOrders(context: JobContext, isWaiting: IsWaiting): Promise<void> {
  const orders = await takeWakes(context.db, { quietMs, limit: batch })
  const woken: string[] = []
  for (let from = 0; from < orders.length; from += atOnce)
    await Promise.all(
      orders.slice(from, from + atOnce).map(async (order) => {
        if (order.state === 'submitting') await giveUpSender(context, order.id)
        if (await hasWaitingWake(order, isWaiting)) return
        await wakeUp(context.enqueue, order)
        woken.push(order.id)
      }),
    )
  await countWakes(context.db, woken)
  if (woken.length > 0) context.log.debug({ orders: woken.length }, 'orders woken')
}

/** What it was to protect is not left to whoever asks the venue for it. */
async function giveUpSender(context: JobContext, orderId: string): Promise<void> {
  const positionId = await loseSender(context, orderId)
  if (positionId !== undefined) await wakeFollowUps(positionId, context)
}

/** The wake before this one, by its id. */
function hasWaitingWake({ id, wake: next, ...order }: WakeableOrder, isWaiting: IsWaiting): Promise<boolean> {
  if (order.wantsCancel)
    return isWaiting(cancelOrder, { orderId: id, exchange: order.exchange }, `cancel-${id}-w${next - 1}`)
  return order.state === 'planned'
    ? isWaiting(placeOrder, { orderId: id, ...laneOf(order) }, `order-${id}-w${next - 1}`)
    : isWaiting(resolveOrder, { orderId: id }, `resolve-${id}-w${next - 1}`)
}
