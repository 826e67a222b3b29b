import { expect, test } from 'vitest'
import { eventsOf } from '#db/order-events.ts'
import { orderOrThrow } from '#db/orders.ts'
import { findPosition } from '#db/positions.ts'
import { findTrade } from '#db/trades.ts'
import { compareBooks } from '#src/orders/books.ts'
import { planExit } from '#src/orders/plan.ts'
import { sendOrder } from '#src/orders/send.ts'
import { keys, openFloor, venueOrdersOf } from '#test/support/floor.ts'

const floor = await openFloor()
const { db, desk } = floor

const roundTrips = [
  { market: 'spot', side: 'long', base: 'BTC', quantity: '0.01', paysInBnb: false },
  { market: 'spot', side: 'long', base: 'ETH', quantity: '3.7', paysInBnb: true },
  { market: 'futures', side: 'long', base: 'BTC', quantity: '0.25', paysInBnb: false },
  { market: 'futures', side: 'short', base: 'SOL', quantity: '900', paysInBnb: true },
] as const

test.each(roundTrips)('a $market $side is opened and closed, and the books are the venue’s', async (trip) => {
  const trader = await floor.trader({
    market: trip.market,
    balances: { USDT: '1000000', BNB: '50' },
    paysInBnb: trip.paysInBnb,
  })
  const leverage = trip.market === 'futures' ? 3 : 1
  const entryId = await floor.enter(trader, { ...trip, leverage })
  const entered = await sendOrder(desk, entryId)
  expect(entered).toMatchObject({ outcome: { kind: 'done' }, state: 'filled', needsResolving: false })

  const entry = await orderOrThrow(db, entryId)
  const open = await findPosition(db, entry.positionId)
  expect(open).toMatchObject({ state: 'open', quantityEntered: trip.quantity, quantityReserved: '0' })

  const exitId = await db.transaction().execute((tx) =>
    planExit(tx, keys, {
      positionId: entry.positionId,
      quantity: 'all',
      slots: ['close'],
      reason: 'take_profit',
      price: Number(open?.entryPrice),
      actor: 'test',
    }),
  )
  expect(exitId).toBeDefined()
  expect((await findPosition(db, entry.positionId))?.state).toBe('closing')
  const exited = await sendOrder(desk, exitId ?? '')
  expect(exited).toMatchObject({ state: 'filled', needsResolving: false })

  const closed = await findPosition(db, entry.positionId)
  expect(closed).toMatchObject({ state: 'closed', quantityOpen: '0', quantityReserved: '0' })
  const trade = await findTrade(db, entry.positionId)
  expect(trade).toMatchObject({ closeReason: 'take_profit', side: trip.side })
  expect(await compareBooks(db, trader.account.id, floor.gateway)).toEqual([])
  for (const id of [entryId, exitId ?? '']) {
    const [venueOrder, ...others] = venueOrdersOf(floor, trader, await orderOrThrow(db, id))
    expect(others).toEqual([])
    expect(venueOrder?.reduceOnly).toBe(trip.market === 'futures' && id === exitId)
    expect((await eventsOf(db, id)).map((event) => event.to)).toEqual(['planned', 'submitting', 'filled'])
  }
})
