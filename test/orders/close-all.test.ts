import { expect, test } from 'vitest'
import { batchOrThrow, type CloseBatch } from '#db/close-batches.ts'
import { orderCloseAll, orderHalt } from '#db/halt-orders.ts'
import type { HaltPlace } from '#db/halts.ts'
import { orderOrThrow } from '#db/orders.ts'
import { findPosition } from '#db/positions.ts'
import { approve } from '#src/exchange/order-request.ts'
import { compareBooks } from '#src/orders/books.ts'
import { cancelOrder } from '#src/orders/cancel.ts'
import { advanceCloseBatches } from '#src/orders/close-all.ts'
import { placeOrder } from '#src/orders/place.ts'
import { planExit } from '#src/orders/plan.ts'
import { resolveOrder } from '#src/orders/resolve.ts'
import { sendOrder } from '#src/orders/send.ts'
import { keys, openFloor, type Trader, venueOrdersOf } from '#test/support/floor.ts'
import { lossyProxy } from '#test/support/lossy-proxy.ts'

const floor = await openFloor()
const { db, desk } = floor
const proxy = await lossyProxy(floor.simulator.url)
floor.route.url = proxy.url

const order = (place: HaltPlace) =>
  db.transaction().execute((tx) => orderCloseAll(tx, { ...place, reason: 'a test', by: 'test' }))

async function start(place: HaltPlace): Promise<CloseBatch> {
  const ordered = await order(place)
  if (!ordered) throw new Error('there is no such place')
  return ordered.batch
}

/** Advances what is open as workers do, sending what is woken, until the batch has ended or the rounds are over. */
async function run(batch: CloseBatch, { rounds = 12, workers = 3 } = {}): Promise<CloseBatch> {
  for (let round = 0; round < rounds; round += 1) {
    const woken: string[] = []
    await Promise.all(
      Array.from({ length: workers }, (_, index) =>
        advanceCloseBatches(floor.deskOf(`worker-${index}`), ({ id }) => woken.push(id)),
      ),
    )
    await Promise.all(woken.map((id) => placeOrder(desk, id, { isRetry: false }).catch(() => {})))
    await floor.database.query(`update close_batches set advanced_at = null where ended_at is null`)
    const now = await batchOrThrow(db, batch.id)
    if (now.endedAt) return now
  }
  return batchOrThrow(db, batch.id)
}

async function open(trader: Trader, base: string, quantity: string, side: 'long' | 'short' = 'long') {
  const id = await floor.enter(trader, { base, quantity, side })
  await sendOrder(desk, id)
  return (await orderOrThrow(db, id)).positionId
}

const place = (trader: Trader): HaltPlace => ({ scope: 'account', key: trader.account.id })

const closesOf = (positionId: string) =>
  floor.database.query<{ id: string; state: string }>(
    `select orders.id, state from orders join order_slots on order_id = orders.id
     where orders.position_id = $1 and slot = 'close' and orders.sent_at is not null`,
    [positionId],
  )

test.each(['spot', 'futures'] as const)(
  'pressed twenty times at once on %s it closes every position once, and the books agree',
  async (market) => {
    const trader = await floor.trader({ market })
    const positions = [await open(trader, 'SOL', '10'), await open(trader, 'ETH', '1')]
    const pressed = await Promise.all(Array.from({ length: 20 }, () => order(place(trader))))
    expect(new Set(pressed.map((one) => one?.batch.id)).size).toBe(1)
    expect(pressed.filter((one) => one?.isNew)).toHaveLength(1)
    const batch = await run(await start(place(trader)))
    expect(batch.outcome).toBe('2 closed')
    for (const positionId of positions) {
      expect(await findPosition(db, positionId)).toMatchObject({ state: 'closed', closeReason: 'manual' })
      const closes = await closesOf(positionId)
      expect(closes).toMatchObject([{ state: 'filled' }])
      expect(venueOrdersOf(floor, trader, await orderOrThrow(db, closes[0]?.id ?? ''))).toHaveLength(1)
    }
    expect(await compareBooks(db, trader.account.id, floor.gateway)).toEqual([])
  },
)

test.each(['spot', 'futures'] as const)('an entry that rests on %s is taken back', async (market) => {
  const trader = await floor.trader({ market })
  const entryId = await floor.enter(trader, { base: 'ETH', quantity: '1', limitAt: 0.97 })
  await sendOrder(desk, entryId)
  const batch = await run(await start(place(trader)))
  expect(batch.outcome).toBe('0 closed')
  expect(await orderOrThrow(db, entryId)).toMatchObject({ state: 'canceled' })
})

test('an entry that was not sent never is, and none starts while the batch is open', async () => {
  const trader = await floor.trader({ market: 'spot' })
  const before = await floor.enter(trader, { base: 'ETH', quantity: '1' })
  const batch = await start(place(trader))
  const after = await floor.enter(trader, { base: 'SOL', quantity: '1' })
  expect(await sendOrder(desk, after)).toMatchObject({
    state: 'abandoned',
    outcome: {
      reason: expect.stringContaining(`everything on account ${trader.account.id} is being closed`),
    },
  })
  await run(batch)
  expect(await orderOrThrow(db, before)).toMatchObject({
    state: 'abandoned',
    failureReason: 'everything is being closed',
  })
  const later = await floor.enter(trader, { base: 'XRP', quantity: '100' })
  expect(await sendOrder(desk, later)).toMatchObject({ state: 'filled' })
})

test('an entry whose answer was lost keeps the batch open, and is closed when it turns out filled', async () => {
  const trader = await floor.trader({ market: 'futures' })
  const entryId = await floor.enter(trader, { base: 'SOL', quantity: '10' })
  proxy.loss = 'lose-answer'
  await sendOrder(desk, entryId)
  proxy.loss = 'none'
  const batch = await start(place(trader))
  const waiting = await run(batch, { rounds: 2 })
  expect(waiting).toMatchObject({
    endedAt: null,
    waitsFor: expect.stringContaining('its entry is being asked'),
  })
  expect(await resolveOrder(desk, entryId)).toMatchObject({ state: 'filled' })
  expect((await run(batch)).outcome).toBe('1 closed')
  const { positionId } = await orderOrThrow(db, entryId)
  expect(await findPosition(db, positionId)).toMatchObject({ state: 'closed' })
  const venue = await floor.gateway.account(trader.account.id)
  expect(await venue.positions()).toEqual([])
})

test('a stop that rests is taken back after the close, not before', async () => {
  const trader = await floor.trader({ market: 'futures' })
  const positionId = await open(trader, 'SOL', '10')
  const [stop] = await floor.database.query<{ id: string }>(
    `select id from orders where position_id = $1 and purpose = 'stop'`,
    [positionId],
  )
  expect(await sendOrder(desk, stop?.id ?? '')).toMatchObject({ state: 'open' })
  const batch = await start(place(trader))
  const woken: string[] = []
  await advanceCloseBatches(desk, ({ id }) => woken.push(id))
  expect(await orderOrThrow(db, stop?.id ?? '')).toMatchObject({ state: 'open' })
  expect(await sendOrder(desk, woken[0] ?? '')).toMatchObject({ state: 'filled' })
  expect((await run(batch)).outcome).toBe('1 closed')
  expect(await orderOrThrow(db, stop?.id ?? '')).toMatchObject({ state: 'canceled' })
  const venue = await floor.gateway.account(trader.account.id)
  expect(await venue.openOrders('SOL/USDT:USDT')).toEqual([])
})

test('a level that was planned goes with the close', async () => {
  const trader = await floor.trader({ market: 'futures' })
  const positionId = await open(trader, 'SOL', '100')
  const level = await db.transaction().execute((tx) =>
    planExit(tx, keys, {
      positionId,
      quantity: '25',
      slots: ['tp:1'],
      levels: [1],
      reason: 'partial_tp_1',
      price: 100,
      actor: 'test',
    }),
  )
  await run(await start(place(trader)))
  expect(await orderOrThrow(db, level ?? '')).toMatchObject({ state: 'abandoned' })
  expect(await closesOf(positionId)).toHaveLength(1)
  expect(await findPosition(db, positionId)).toMatchObject({ state: 'closed' })
})

test("on spot no more is sold than is free, and the user's own coins stay", async () => {
  const trader = await floor.trader({ market: 'spot', balances: { USDT: '100000', SOL: '3' } })
  const positionId = await open(trader, 'SOL', '10')
  await run(await start(place(trader)))
  expect(await findPosition(db, positionId)).toMatchObject({ state: 'closed' })
  const venue = await floor.gateway.account(trader.account.id)
  const left = (await venue.balances()).find(({ currency }) => currency === 'SOL')
  expect(Number(left?.total)).toBeGreaterThanOrEqual(3)
  expect(Number(left?.total)).toBeLessThan(3.01)
})

test("on futures what is beyond ours is the user's: it is shown, waited for, and left alone", async () => {
  const trader = await floor.trader({ market: 'futures' })
  await open(trader, 'SOL', '10')
  const venue = await floor.gateway.account(trader.account.id)
  const byHand = {
    symbol: 'SOL/USDT:USDT',
    side: 'buy',
    type: 'market',
    quantity: '4',
    clientOrderId: 'by-hand',
    isReduceOnly: false,
  } as const
  await venue.placeOrder(approve(byHand, { wallMs: Date.now(), monotonicMs: performance.now() }))
  const batch = await start(place(trader))
  expect(await run(batch)).toMatchObject({
    endedAt: null,
    waitsFor: 'SOL/USDT:USDT: the venue still shows 4',
  })
  await floor.database.query(
    `update close_batches set flat_since = flat_since - interval '61 seconds' where id = $1`,
    [batch.id],
  )
  expect((await run(batch)).outcome).toContain("which is not Bullpen's and was left alone")
  expect(await venue.positions()).toMatchObject([{ symbol: 'SOL/USDT:USDT', quantity: '4' }])
})

test('a venue that is away is waited for, and nothing is lost', async () => {
  const trader = await floor.trader({ market: 'spot' })
  const positionId = await open(trader, 'SOL', '10')
  const batch = await start(place(trader))
  await proxy.shut()
  expect(await run(batch, { rounds: 2 })).toMatchObject({ endedAt: null })
  await proxy.reopen()
  expect((await run(batch)).outcome).toBe('1 closed')
  expect(await closesOf(positionId)).toMatchObject([{ state: 'filled' }])
})

test('a stop that somebody else takes back at the same time does no harm', async () => {
  const trader = await floor.trader({ market: 'spot' })
  const entryId = await floor.enter(trader, { base: 'ETH', quantity: '1', limitAt: 0.97 })
  await sendOrder(desk, entryId)
  const batch = await start(place(trader))
  await Promise.all([run(batch), cancelOrder(desk, entryId)])
  expect(await orderOrThrow(db, entryId)).toMatchObject({ state: 'canceled' })
  expect((await run(batch)).outcome).toBe('0 closed')
})

test.each(['global', 'exchange', 'user', 'symbol'] as const)(
  'a close-all of the %s closes what is in it',
  async (scope) => {
    const trader = await floor.trader({ market: 'spot' })
    const inside = await open(trader, 'SOL', '5')
    const outside = await open(trader, 'ETH', '1')
    const keyOf = { global: '*', exchange: 'binance', user: trader.account.userId, symbol: 'SOL/USDT' }
    const halt = { scope, key: keyOf[scope], mode: 'flatten', reason: 'out', by: 'test' } as const
    const ordered = await db.transaction().execute((tx) => orderHalt(tx, halt))
    try {
      const batch = ordered?.closing?.batch
      if (!batch) throw new Error('flatten opened no close-all')
      expect((await run(batch, { rounds: 20 })).endedAt).not.toBeNull()
      expect(await findPosition(db, inside)).toMatchObject({ state: 'closed' })
      expect(await findPosition(db, outside)).toMatchObject({ state: scope === 'symbol' ? 'open' : 'closed' })
    } finally {
      await db.transaction().execute((tx) => orderHalt(tx, { ...halt, mode: 'none' }))
    }
  },
)

test('an order that the venue had confirmed as taken back, and that rests all the same, is taken back again', async () => {
  const trader = await floor.trader({ market: 'futures' })
  await open(trader, 'ETH', '0.1')
  const entryId = await floor.enter(trader, { base: 'BNB', quantity: '1', limitAt: 0.97 })
  await sendOrder(desk, entryId)
  const lost = floor.simulator.faults.add({
    seed: 1,
    rules: [{ fault: 'cancel-lost', match: { request: 'cancel' }, probability: 1 }],
  })
  await cancelOrder(desk, entryId)
  for (const id of lost) floor.simulator.faults.remove(id)
  expect(await orderOrThrow(db, entryId)).toMatchObject({ state: 'canceled' })
  const venue = await floor.gateway.account(trader.account.id)
  expect(await venue.openOrders('BNB/USDT:USDT')).toHaveLength(1)

  const batch = await start(place(trader))
  await floor.database.query(
    `update close_batches set position_ids = position_ids || (select position_id from orders where id = $1) where id = $2`,
    [entryId, batch.id],
  )
  expect(await run(batch, { rounds: 4 })).toMatchObject({
    endedAt: null,
    waitsFor: 'BNB/USDT:USDT: an order of ours rests at the venue',
  })
  await floor.database.query(
    `update close_batches set flat_since = flat_since - interval '6 s' where id = $1`,
    [batch.id],
  )
  expect((await run(batch)).outcome).toBe('1 closed')
  expect(await venue.openOrders('BNB/USDT:USDT')).toEqual([])
})
