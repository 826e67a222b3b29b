import { expect, test } from 'vitest'
import { takenSlots } from '#db/order-slots.ts'
import { orderOrThrow } from '#db/orders.ts'
import { findPosition } from '#db/positions.ts'
import { liveReservationsOf } from '#db/risk-reservations.ts'
import { compareBooks } from '#src/orders/books.ts'
import { cancelOrder } from '#src/orders/cancel.ts'
import { resolveOrder } from '#src/orders/resolve.ts'
import { sendOrder } from '#src/orders/send.ts'
import { openFloor, venueOrdersOf } from '#test/support/floor.ts'

const floor = await openFloor()
const { db, desk } = floor

test.each(['spot', 'futures'] as const)(
  'a limit entry on %s rests, and is taken back with everything it held',
  async (market) => {
    const trader = await floor.trader({ market })
    const orderId = await floor.enter(trader, { base: 'ETH', quantity: '1', limitAt: 0.97 })
    expect(await sendOrder(desk, orderId)).toMatchObject({ state: 'open', needsResolving: false })
    const order = await orderOrThrow(db, orderId)
    expect(await findPosition(db, order.positionId)).toMatchObject({ state: 'opening' })
    expect(await liveReservationsOf(db, trader.account.id)).toHaveLength(1)
    expect(await resolveOrder(desk, orderId)).toMatchObject({ state: 'open' })

    const results = await Promise.all([cancelOrder(desk, orderId), cancelOrder(desk, orderId)])
    expect(results.map(({ state }) => state)).toContain('canceled')
    expect(await cancelOrder(desk, orderId)).toMatchObject({
      outcome: { kind: 'skipped' },
      state: 'canceled',
    })
    expect(venueOrdersOf(floor, trader, order)).toMatchObject([{ status: 'canceled' }])
    expect(await findPosition(db, order.positionId)).toMatchObject({ state: 'void' })
    expect(await takenSlots(db, order.positionId)).toEqual([])
    expect(await liveReservationsOf(db, trader.account.id)).toEqual([])
    expect(await compareBooks(db, trader.account.id, floor.gateway)).toEqual([])
  },
)

test('an order that the venue ended by itself is found ended', async () => {
  const trader = await floor.trader({ market: 'spot' })
  const orderId = await floor.enter(trader, { base: 'ETH', quantity: '1', limitAt: 0.97 })
  await sendOrder(desk, orderId)
  const order = await orderOrThrow(db, orderId)
  const venue = await floor.gateway.account(trader.account.id)
  await venue.cancelOrder(order)
  expect(await venue.cancelOrder(order)).toBeUndefined()
  expect(await cancelOrder(desk, orderId)).toMatchObject({ state: 'canceled' })
})
