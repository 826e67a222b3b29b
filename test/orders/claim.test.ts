import { expect, test } from 'vitest'
import { setAccountStatus } from '#db/accounts.ts'
import { type HaltScope, setHalt } from '#db/halts.ts'
import { takenSlots } from '#db/order-slots.ts'
import { orderOrThrow } from '#db/orders.ts'
import { findPosition } from '#db/positions.ts'
import { liveReservationsOf } from '#db/risk-reservations.ts'
import { createGateway } from '#src/exchange/gateway.ts'
import { claimOrder } from '#src/orders/claim.ts'
import { placeOrder } from '#src/orders/place.ts'
import { planExit } from '#src/orders/plan.ts'
import { sendOrder } from '#src/orders/send.ts'
import { keys, openFloor, type Trader, venueOrdersOf } from '#test/support/floor.ts'

const floor = await openFloor()
const { db, desk } = floor

const keyOf: Readonly<Record<HaltScope, (trader: Trader) => string>> = {
  global: () => '*',
  exchange: () => 'binance',
  user: ({ account }) => account.userId,
  account: ({ account }) => account.id,
  symbol: () => 'ETH/USDT',
}

test.each(Object.keys(keyOf) as HaltScope[])(
  'a halt on the %s stops an entry, and no exit',
  async (scope) => {
    const trader = await floor.trader({ market: 'spot' })
    const openId = await floor.enter(trader, { base: 'SOL', quantity: '5' })
    await sendOrder(desk, openId)
    const { positionId } = await orderOrThrow(db, openId)
    const halt = { scope, key: keyOf[scope](trader) }
    const symbolExit = await exitOf(positionId)
    const entryId = await floor.enter(trader, { base: 'ETH', quantity: '1' })

    expect(await setHalt(db, { ...halt, mode: 'no_entries', reason: 'a test', setBy: 'test' })).toBe(true)
    try {
      expect(await sendOrder(desk, entryId)).toMatchObject({
        state: 'abandoned',
        outcome: { kind: 'failed', reason: expect.stringContaining(`a halt on ${scope}`) },
      })
      expect(await sendOrder(desk, symbolExit)).toMatchObject({ state: 'filled' })
    } finally {
      await setHalt(db, { ...halt, mode: 'none', reason: null, setBy: 'test' })
    }
    const entry = await orderOrThrow(db, entryId)
    expect(venueOrdersOf(floor, trader, entry)).toEqual([])
    expect(await findPosition(db, entry.positionId)).toMatchObject({ state: 'void' })
    expect(await takenSlots(db, entry.positionId)).toEqual([])
    expect(await liveReservationsOf(db, trader.account.id)).toEqual([])
  },
)

test('once a halt has returned, no entry starts, however many senders are on their way', async () => {
  const trader = await floor.trader({ market: 'spot' })
  const context = { actor: 'test', marketNowMs: Date.now(), monitorShards: 4, keys }
  const bases = ['BTC', 'ETH', 'BNB', 'SOL', 'XRP', 'ADA', 'DOGE', 'AVAX', 'LINK', 'LTC']
  const entries = await Promise.all(bases.map((base) => floor.enter(trader, { base, quantity: '100' })))
  let haltedAt = Number.POSITIVE_INFINITY
  const halting = setHalt(db, {
    scope: 'account',
    key: trader.account.id,
    mode: 'no_entries',
    reason: null,
    setBy: 'test',
  }).then(() => {
    haltedAt = performance.now()
  })
  await Promise.all(
    entries.map(async (id, index) => {
      await new Promise((resolve) => setTimeout(resolve, index % 4))
      const startedAt = performance.now()
      const claim = await claimOrder(db, await orderOrThrow(db, id), context)
      if (startedAt > haltedAt) expect(claim.kind).toBe('abandoned')
    }),
  )
  await halting
  const late = await floor.enter(await floor.trader({ market: 'spot' }), { base: 'BTC', quantity: '1' })
  expect((await claimOrder(db, await orderOrThrow(db, late), context)).kind).toBe('claimed')
})

test('of sixteen senders one sends', async () => {
  const trader = await floor.trader({ market: 'futures' })
  const orderId = await floor.enter(trader, { base: 'BTC', quantity: '0.05', leverage: 2 })
  const results = await Promise.all(
    Array.from({ length: 16 }, (_, index) => sendOrder(floor.deskOf(`worker-${index}`), orderId)),
  )
  expect(results.filter((result) => result.outcome.kind === 'done')).toHaveLength(1)
  expect(results.filter((result) => result.outcome.kind === 'skipped')).toHaveLength(15)
  expect(venueOrdersOf(floor, trader, await orderOrThrow(db, orderId))).toHaveLength(1)
})

test('the same job delivered twice sends once, at the same time and one after the other', async () => {
  const trader = await floor.trader({ market: 'spot' })
  const orderId = await floor.enter(trader, { base: 'ADA', quantity: '1000' })
  const wake = () => placeOrder(desk, orderId, { isRetry: false })
  await Promise.all([wake(), wake()])
  expect((await wake()).outcome).toEqual({ kind: 'skipped', reason: 'already done' })
  expect(venueOrdersOf(floor, trader, await orderOrThrow(db, orderId))).toHaveLength(1)
})

test('an entry expires, an exit never does', async () => {
  const trader = await floor.trader({ market: 'spot' })
  const openId = await floor.enter(trader, { base: 'SOL', quantity: '5' })
  await sendOrder(desk, openId)
  const exitId = await exitOf((await orderOrThrow(db, openId)).positionId)
  await floor.database.query(`update orders set planned_at = now() - interval '1 day' where id = $1`, [
    exitId,
  ])
  const entryId = await floor.enter(trader, { base: 'ETH', quantity: '1', signalLeftMs: 1 })
  await new Promise((resolve) => setTimeout(resolve, 5))
  expect(await sendOrder(desk, entryId)).toMatchObject({
    state: 'abandoned',
    outcome: { reason: 'abandoned: it expired before it was sent' },
  })
  expect(await sendOrder(desk, exitId)).toMatchObject({ state: 'filled' })
})

test('an entry whose time is over is abandoned also while no venue answers', async () => {
  const trader = await floor.trader({ market: 'spot' })
  const entryId = await floor.enter(trader, { base: 'ETH', quantity: '1', signalLeftMs: 1 })
  const gateway = createGateway({ db, keys, simulatorUrl: async () => undefined })
  await new Promise((resolve) => setTimeout(resolve, 5))
  expect(await sendOrder({ ...desk, gateway }, entryId)).toMatchObject({ state: 'abandoned' })
  const other = await floor.enter(trader, { base: 'BTC', quantity: '0.1' })
  await expect(sendOrder({ ...desk, gateway }, other)).rejects.toThrow('no simulator is running')
  expect((await orderOrThrow(db, other)).state).toBe('planned')
})

test.each(['paused', 'degraded'] as const)('an account that is %s takes no entries', async (status) => {
  const trader = await floor.trader({ market: 'spot' })
  const entryId = await floor.enter(trader, { base: 'BTC', quantity: '0.001' })
  await setAccountStatus(db, trader.account.id, status, 'a test')
  expect(await sendOrder(desk, entryId)).toMatchObject({
    outcome: { reason: `abandoned: the account is ${status}: a test` },
  })
})

test('an exit of a position that is closed by now is abandoned', async () => {
  const trader = await floor.trader({ market: 'spot' })
  const openId = await floor.enter(trader, { base: 'SOL', quantity: '5' })
  await sendOrder(desk, openId)
  const { positionId } = await orderOrThrow(db, openId)
  const exitId = await exitOf(positionId)
  await floor.database.query(
    `update positions set state = 'closed', qty_open = 0, qty_reserved = 0 where id = $1`,
    [positionId],
  )
  expect(await sendOrder(desk, exitId)).toMatchObject({
    outcome: { reason: 'abandoned: the position is closed' },
  })
})

async function exitOf(positionId: string): Promise<string> {
  const id = await db.transaction().execute((tx) =>
    planExit(tx, keys, {
      positionId,
      quantity: 'all',
      slots: ['close'],
      reason: 'stop_loss',
      price: 100,
      actor: 'test',
    }),
  )
  if (id === undefined) throw new Error('the exit was not planned')
  return id
}
