import { expect, test } from 'vitest'
import { takenSlots } from '#db/order-slots.ts'
import { orderOrThrow } from '#db/orders.ts'
import { findPosition } from '#db/positions.ts'
import { Decimal, sum } from '#src/domain/decimal.ts'
import type { OrderSlot } from '#src/domain/order.ts'
import { type ExitPlan, planExit, writeOff } from '#src/orders/plan.ts'
import { sendOrder } from '#src/orders/send.ts'
import { addSignal, keys, openFloor, type Trader } from '#test/support/floor.ts'

const floor = await openFloor()
const { db, desk } = floor

async function openPosition(trader: Trader, base: string, quantity: string): Promise<string> {
  const id = await floor.enter(trader, { base, quantity })
  expect(await sendOrder(desk, id)).toMatchObject({ state: 'filled' })
  return (await orderOrThrow(db, id)).positionId
}

const plan = (positionId: string, exit: Partial<ExitPlan>) =>
  db.transaction().execute((tx) =>
    planExit(tx, keys, {
      positionId,
      quantity: 'all',
      slots: ['close'],
      reason: 'stop_loss',
      price: 100,
      actor: 'test',
      ...exit,
    }),
  )

async function reservedOrders(positionId: string) {
  return floor.database.query<{ reserved: string; quantity: string }>(
    `select reserved, quantity from orders where position_id = $1 and purpose = 'exit'`,
    [positionId],
  )
}

test('of 64 evaluators that close a position at once, one plans the close', async () => {
  const trader = await floor.trader({ market: 'spot' })
  const positionId = await openPosition(trader, 'SOL', '10')
  const planned = await Promise.all(Array.from({ length: 64 }, () => plan(positionId, {})))
  expect(planned.filter((id) => id !== undefined)).toHaveLength(1)
  const position = await findPosition(db, positionId)
  expect(position).toMatchObject({ state: 'closing', closeReason: 'stop_loss' })
  expect(new Decimal(position?.quantityReserved ?? 0).lte(position?.quantityOpen ?? 0)).toBe(true)
})

test('64 evaluators with every kind of exit take no slot twice and reserve no more than there is', async () => {
  const trader = await floor.trader({ market: 'futures' })
  const positionId = await openPosition(trader, 'SOL', '100')
  const kinds: Partial<ExitPlan>[] = [
    { slots: ['tp:1'], quantity: '25', levels: [1] },
    { slots: ['tp:1', 'tp:2'], quantity: '62.5', levels: [1, 2] },
    { slots: ['tp:2'], quantity: '37.5', levels: [2] },
    { slots: ['tp:1', 'tp:2', 'tp:3'], quantity: '90', levels: [1, 2, 3] },
    { slots: [], quantity: '50', reason: 'liquidation' },
    { slots: ['close'] },
  ]
  await Promise.all(
    Array.from({ length: 64 }, (_, index) => plan(positionId, kinds[index % kinds.length] ?? {})),
  )
  const slots = await takenSlots(db, positionId)
  expect(new Set(slots).size).toBe(slots.length)
  const position = await findPosition(db, positionId)
  const orders = await reservedOrders(positionId)
  expect(new Decimal(sum(orders.map((order) => order.reserved))).eq(position?.quantityReserved ?? -1)).toBe(
    true,
  )
  expect(new Decimal(position?.quantityReserved ?? 0).lte(position?.quantityOpen ?? 0)).toBe(true)
})

test('sixteen workers that enter on one signal, and on one symbol, enter once', async () => {
  const trader = await floor.trader({ market: 'spot' })
  const signalId = await addSignal(floor.database, 'BTC', 'long')
  const onOneSignal = await Promise.allSettled(
    Array.from({ length: 16 }, () => floor.enter(trader, { base: 'BTC', quantity: '0.01', signalId })),
  )
  expect(onOneSignal.filter((one) => one.status === 'fulfilled')).toHaveLength(1)
  const onOneSymbol = await Promise.allSettled(
    Array.from({ length: 16 }, () => floor.enter(trader, { base: 'ETH', quantity: '0.1' })),
  )
  expect(onOneSymbol.filter((one) => one.status === 'fulfilled')).toHaveLength(1)
  const reservations = await floor.database.query(
    `select 1 from risk_reservations where account_id = $1 and released_at is null`,
    [trader.account.id],
  )
  expect(reservations).toHaveLength(2)
})

test('a halving takes the next number, and a second one waits for the first', async () => {
  const trader = await floor.trader({ market: 'futures' })
  const positionId = await openPosition(trader, 'SOL', '100')
  const halve = () => plan(positionId, { slots: [], quantity: '50', reason: 'liquidation' })
  const first = await halve()
  expect(await halve()).toBeUndefined()
  expect(await takenSlots(db, positionId)).toContain('reduce:1')
  await sendOrder(desk, first ?? '')
  expect((await findPosition(db, positionId))?.quantityOpen).toBe('50')
  expect(await plan(positionId, { slots: [], quantity: '25', reason: 'liquidation' })).toBeDefined()
  expect(await takenSlots(db, positionId)).toContain('reduce:2')
})

test.each<{ slots: OrderSlot[]; isTakenAfter: boolean }>([
  { slots: ['tp:1'], isTakenAfter: true },
  { slots: ['tp:1', 'tp:2'], isTakenAfter: true },
  { slots: ['close'], isTakenAfter: false },
])('after $slots filled a part, they stay taken: $isTakenAfter', async ({ slots, isTakenAfter }) => {
  const trader = await floor.trader({ market: 'futures' })
  const positionId = await openPosition(trader, 'SOL', '100')
  const levels = slots.flatMap((slot) => (slot.startsWith('tp:') ? [Number(slot.slice(3))] : []))
  await sendOrder(desk, (await plan(positionId, { slots, quantity: '40', levels })) ?? '')
  expect(await findPosition(db, positionId)).toMatchObject({
    state: 'open',
    quantityOpen: '60',
    quantityReserved: '0',
  })
  for (const slot of slots) expect((await takenSlots(db, positionId)).includes(slot)).toBe(isTakenAfter)
  const [watch] = await floor.database.query<{ taken_levels: number[]; is_active: boolean }>(
    `select taken_levels, is_active from monitored_positions where position_id = $1`,
    [positionId],
  )
  expect(watch).toEqual({ taken_levels: levels, is_active: true })
  expect((await plan(positionId, { slots, quantity: '10' })) === undefined).toBe(isTakenAfter)
})

test('what the venue would refuse to sell is not planned, and can be written off', async () => {
  const trader = await floor.trader({ market: 'spot' })
  const positionId = await openPosition(trader, 'SOL', '1')
  const context = { actor: 'test', marketNowMs: Date.now(), monitorShards: 4, keys }
  const off = (price: number) =>
    db.transaction().execute((tx) => writeOff(tx, { positionId, reason: 'stop_loss', price }, context))
  expect(await off(150)).toBe(false)
  expect(await plan(positionId, { price: 1 })).toBeUndefined()
  expect(await plan(positionId, { quantity: '0.0004' })).toBeUndefined()
  expect(await off(1)).toBe(true)
  expect(await findPosition(db, positionId)).toMatchObject({ state: 'closed', quantityOpen: '0' })
})

test('dust that an exit leaves closes the books with it', async () => {
  const trader = await floor.trader({ market: 'spot' })
  // The fee of 0.1 % is taken in SOL: 0.999 is left, of which a step of 0.01 sells 0.99.
  const entryId = await floor.enter(trader, { base: 'SOL', quantity: '1', rules: { stepSize: '0.01' } })
  await sendOrder(desk, entryId)
  const { positionId } = await orderOrThrow(db, entryId)
  const exitId = (await plan(positionId, {})) ?? ''
  expect((await orderOrThrow(db, exitId)).quantity).toBe('0.99')
  await sendOrder(desk, exitId)
  expect(await findPosition(db, positionId)).toMatchObject({ state: 'closed', quantityOpen: '0' })
})
