import { refusalsInARow } from '#db/order-history.ts'
import { findOrder } from '#db/orders.ts'
import { raiseAlarm } from './alarm.ts'
import type { OrderDesk } from './order-desk.ts'
import type { OrderResult } from './result.ts'

/** How many refusals in a row a person must hear of; from there on it is tried every 30 s. */
const tooManyRefusals = 3

/** Says what a look at an order means for its position's protection, when that is something a person must know. */
export async function sayProtection(
  desk: Pick<OrderDesk, 'db' | 'log'>,
  orderId: string,
  { recorded, state }: Pick<OrderResult, 'recorded' | 'state'>,
): Promise<void> {
  if (recorded?.removedStop === undefined && state !== 'rejected') return
  const order = await findOrder(desk.db, orderId)
  if (!order || order.purpose === 'entry') return
  const { userId, accountId, positionId, symbol } = order
  const about = { userId, accountId, positionId, symbol, target: positionId }
  if (recorded?.removedStop === 'rearmed')
    await raiseAlarm(desk, {
      event: 'stop-removed',
      ...about,
      text: `the stop on ${order.symbol} was taken away at the exchange: another one is placed`,
    })
  if (recorded?.removedStop === 'declined')
    await raiseAlarm(desk, {
      event: 'stop-declined',
      ...about,
      text: `the stop on ${order.symbol} was taken away twice: none is placed any more, the monitor guards alone. Was it meant?`,
    })
  if (state !== 'rejected') return
  const purpose = order.purpose === 'stop' ? 'stop' : 'exit'
  const { count } = await refusalsInARow(desk.db, order.positionId, purpose)
  if (count === tooManyRefusals)
    await raiseAlarm(desk, {
      event: 'refused-in-a-row',
      ...about,
      text: `the venue refused ${count} orders in a row to ${purpose === 'stop' ? 'protect' : 'close'} ${order.symbol}: ${order.failureReason ?? ''}`,
      details: { purpose },
    })
}
