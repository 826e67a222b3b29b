import { beforeEach, expect, test } from 'vitest'
import { takeWakes } from '#db/order-wakes.ts'
import { liveOrders, type Order, orderOrThrow } from '#db/orders.ts'
import { findPosition } from '#db/positions.ts'
import { liveReservationsOf } from '#db/risk-reservations.ts'
import { cancelOrder } from '#src/orders/cancel.ts'
import { type EntryWish, openFloor, type Trader } from '#test/support/floor.ts'
import { carryOut, workOff } from '#test/support/hand-work.ts'
import { steeredTape, steerSeen } from '#test/support/steered-tape.ts'

const tape = steeredTape()
const floor = await openFloor({ tape })
const { db, desk, simulator } = floor

beforeEach(async () => {
  simulator.faults.remove()
  await steerSeen(tape, desk, 'ETH/USDT', 2_000)
})

/** A limit entry at 1,980 that rests; its order. */
async function rest(of: Trader, rests: EntryWish['rests']): Promise<Order> {
  const wish = { base: 'ETH', quantity: '1', limitAt: 0.99, ...(rests && { rests }) }
  const orderId = await floor.enter(of, wish)
  await carryOut(desk, orderId)
  const order = await orderOrThrow(db, orderId)
  expect(order).toMatchObject({ state: 'open', price: '1980' })
  return order
}

/** Lets the time of an order pass, the sweeper find it, and its cancel be carried out. */
async function timeOut(order: Order) {
  await floor.database.query(
    `update orders set rests_until = rests_until - interval '2 minutes', planned_at = planned_at - interval '2 minutes' where id = $1`,
    [order.id],
  )
  const woken = await takeWakes(db, { quietMs: 0, limit: 100 })
  expect(woken.find(({ id }) => id === order.id)).toMatchObject({ wantsCancel: true })
  const result = await cancelOrder(desk, order.id)
  await workOff(desk, order.positionId)
  return result
}

const trader = () => floor.trader({ market: 'futures' })

test('an entry whose time is over is taken back, and skipped when its user wants that', async () => {
  const of = await trader()
  const order = await rest(of, { forMs: 60_000, onTimeout: 'skip' })
  expect(await takeWakes(db, { quietMs: 0, limit: 100 })).toMatchObject([{ wantsCancel: false }])
  expect(await timeOut(order)).toMatchObject({ state: 'canceled' })
  expect(await findPosition(db, order.positionId)).toMatchObject({ state: 'void' })
  expect(await liveReservationsOf(db, of.account.id)).toEqual([])
})

test('or asked again at the price of now, for no more money, while its signal lives', async () => {
  const order = await rest(await trader(), { forMs: 60_000, onTimeout: 'reprice' })
  await steerSeen(tape, desk, 'ETH/USDT', 2_040)
  await timeOut(order)
  const orders = await floor.database.query<{ state: string; price: string; quantity: string }>(
    'select state, price, quantity from orders where position_id = $1 order by attempt',
    [order.positionId],
  )
  expect(orders[0]).toMatchObject({ state: 'canceled' })
  expect(orders[1]).toMatchObject({ state: 'open', price: '2040', quantity: '0.97' })
  expect(await findPosition(db, order.positionId)).toMatchObject({ state: 'opening' })
})

test('it is not repriced when the signal has ended, when the price has left its stop and target, or when somebody else took it back', async () => {
  const ended = await rest(await trader(), { forMs: 60_000, onTimeout: 'reprice' })
  await floor.database.query(
    'update trading_signals set ended_at = now() where id = (select signal_id from positions where id = $1)',
    [ended.positionId],
  )
  await timeOut(ended)
  expect(await findPosition(db, ended.positionId)).toMatchObject({ state: 'void' })

  const byHand = await rest(await trader(), { forMs: 60_000, onTimeout: 'reprice' })
  await cancelOrder(desk, byHand.id)
  expect(await findPosition(db, byHand.positionId)).toMatchObject({ state: 'void' })

  const gone = await rest(await trader(), { forMs: 60_000, onTimeout: 'reprice' })
  await floor.database.query('update positions set take_profit = 1999 where id = $1', [gone.positionId])
  await timeOut(gone)
  expect(await findPosition(db, gone.positionId)).toMatchObject({ state: 'void' })
})

test('what has filled when its time is over is the position’s size, and is protected', async () => {
  const of = await trader()
  simulator.faults.add({
    rules: [{ fault: 'partial-fill', share: 0.3, rest: 'stays', match: { apiKey: of.apiKey }, times: 1 }],
  })
  const order = await rest(of, { forMs: 60_000, onTimeout: 'reprice' })
  tape.steer('ETH/USDT', 1_980)
  simulator.settle()
  await timeOut(order)
  expect(await findPosition(db, order.positionId)).toMatchObject({ state: 'open', quantityOpen: '0.3' })
  expect(await liveOrders(db, order.positionId)).toMatchObject([
    { purpose: 'stop', quantity: '0.3', state: 'open' },
  ])
})

test('a cancel whose answer was lost is resolved by asking', async () => {
  const of = await trader()
  simulator.faults.add({
    rules: [{ fault: 'drop-after-accept', match: { request: 'cancel', apiKey: of.apiKey }, times: 1 }],
  })
  const order = await rest(of, { forMs: 60_000, onTimeout: 'skip' })
  expect(await timeOut(order)).toMatchObject({ state: 'canceling', needsResolving: true })
  expect(await cancelOrder(desk, order.id)).toMatchObject({ state: 'canceled' })
  expect(await findPosition(db, order.positionId)).toMatchObject({ state: 'void' })
})
