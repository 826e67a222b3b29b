import { expect, test } from 'vitest'
import { findAccount } from '#db/accounts.ts'
import { eventsOf } from '#db/order-events.ts'
import { evidenceKinds, evidenceOf, recordRound } from '#db/order-evidence.ts'
import { takenSlots } from '#db/order-slots.ts'
import { type Order, orderOrThrow } from '#db/orders.ts'
import { findPosition } from '#db/positions.ts'
import { findReservation, liveReservationsOf } from '#db/risk-reservations.ts'
import { VenueUnavailable } from '#src/errors.ts'
import { compareBooks } from '#src/orders/books.ts'
import { observeOrder } from '#src/orders/observe.ts'
import { bookingContext } from '#src/orders/order-desk.ts'
import { planExit } from '#src/orders/plan.ts'
import { resolveOrder } from '#src/orders/resolve.ts'
import { sendOrder } from '#src/orders/send.ts'
import { keys, openFloor, type Trader, venueOrdersOf } from '#test/support/floor.ts'
import { type Loss, lossyProxy } from '#test/support/lossy-proxy.ts'
import { venueStub } from '#test/support/venue-stub.ts'

const floor = await openFloor()
const { db, desk } = floor
const stub = await venueStub(floor.simulator.url)
const proxy = await lossyProxy(stub.url)
floor.route.url = proxy.url

/** Sends an order while the proxy loses something of it. */
async function sendLossy(orderId: string, loss: Loss) {
  proxy.loss = loss
  try {
    return await sendOrder(desk, orderId)
  } finally {
    proxy.loss = 'none'
  }
}

/** As if an order had been sent, and its evidence found, so much earlier. */
async function age(orderId: string, ms: number) {
  const by = `${ms} milliseconds`
  await floor.database.query(
    `update orders set sent_at = sent_at - $2::interval, lease_until = lease_until - $2::interval where id = $1`,
    [orderId, by],
  )
  await floor.database.query(
    `update order_evidence set asked_at = asked_at - $2::interval where order_id = $1`,
    [orderId, by],
  )
}

async function openPosition(trader: Trader, base: string, quantity: string) {
  const entryId = await floor.enter(trader, { base, quantity })
  await sendOrder(desk, entryId)
  return (await orderOrThrow(db, entryId)).positionId
}

const closing = (positionId: string) =>
  db.transaction().execute((tx) =>
    planExit(tx, keys, {
      positionId,
      quantity: 'all',
      slots: ['close'],
      reason: 'stop_loss',
      price: 100,
      actor: 'test',
    }),
  )

test.each([
  { loss: 'lose-answer', market: 'spot' },
  { loss: 'cut-answer', market: 'spot' },
  { loss: 'lose-answer', market: 'futures' },
  { loss: 'cut-answer', market: 'futures' },
] as const)(
  'after $loss on $market the order is found by its client id, and sent once',
  async ({ loss, market }) => {
    const trader = await floor.trader({ market })
    const orderId = await floor.enter(trader, { base: 'ETH', quantity: '1' })
    const sent = await sendLossy(orderId, loss)
    expect(sent).toMatchObject({ state: 'unknown', needsResolving: true })
    expect(await sendOrder(desk, orderId)).toMatchObject({ outcome: { kind: 'skipped' }, state: 'unknown' })

    expect(await resolveOrder(desk, orderId)).toMatchObject({ state: 'filled', needsResolving: false })
    const order = await orderOrThrow(db, orderId)
    expect(venueOrdersOf(floor, trader, order)).toHaveLength(1)
    expect(await findPosition(db, order.positionId)).toMatchObject({ state: 'open', quantityEntered: '1' })
    expect(await compareBooks(db, trader.account.id, floor.gateway)).toEqual([])
  },
)

test('an entry that never arrived is given up after two rounds, not before', async () => {
  const trader = await floor.trader({ market: 'futures' })
  const orderId = await floor.enter(trader, { base: 'BTC', quantity: '0.01' })
  expect(await sendLossy(orderId, 'lose-request')).toMatchObject({ state: 'unknown' })

  expect(await resolveOrder(desk, orderId)).toMatchObject({
    state: 'unknown',
    outcome: { reason: 'the venue may still take it' },
  })
  await age(orderId, 10_000)
  expect(await resolveOrder(desk, orderId)).toMatchObject({ state: 'unknown', needsResolving: true })
  expect(await resolveOrder(desk, orderId)).toMatchObject({ state: 'unknown', needsResolving: true })
  await age(orderId, 5_000)
  expect(await resolveOrder(desk, orderId)).toMatchObject({
    state: 'not_at_venue',
    outcome: { kind: 'failed' },
  })

  const order = await orderOrThrow(db, orderId)
  expect(venueOrdersOf(floor, trader, order)).toEqual([])
  expect(await findPosition(db, order.positionId)).toMatchObject({ state: 'void' })
  expect(await takenSlots(db, order.positionId)).toEqual([])
  expect(await liveReservationsOf(db, trader.account.id)).toEqual([])
  expect(await findReservation(db, order.positionId)).toBeDefined()
})

test('an exit that never arrived is planned again under a new id', async () => {
  const trader = await floor.trader({ market: 'spot' })
  const positionId = await openPosition(trader, 'SOL', '10')
  const first = (await closing(positionId)) ?? ''
  await sendLossy(first, 'lose-request')
  await age(first, 10_000)
  await resolveOrder(desk, first)
  await age(first, 5_000)
  const resolved = await resolveOrder(desk, first)
  expect(resolved).toMatchObject({ state: 'not_at_venue', planned: [{ purpose: 'exit' }] })

  const again: Order = await orderOrThrow(db, resolved.planned[0]?.id ?? '')
  const lost = await orderOrThrow(db, first)
  expect(again).toMatchObject({ attempt: 2, quantity: lost.quantity, closeReason: 'stop_loss' })
  expect(again.clientOrderId).not.toBe(lost.clientOrderId)
  await sendOrder(desk, again.id)
  expect(await findPosition(db, positionId)).toMatchObject({ state: 'closed' })
  expect(await compareBooks(db, trader.account.id, floor.gateway)).toEqual([])
})

test('no timeout ends an unknown order: while money moved, the account is degraded and a person is asked', async () => {
  const trader = await floor.trader({ market: 'spot' })
  const orderId = await floor.enter(trader, { base: 'LTC', quantity: '2' })
  await sendLossy(orderId, 'lose-request')
  // The user deposits the same coin: the balance is not what the books say, and no execution explains it.
  floor.simulator.hand({ apiKey: trader.apiKey, do: 'deposit', asset: 'LTC', amount: '1' })

  await age(orderId, 20_000)
  for (let round = 0; round < 3; round += 1) {
    expect(await resolveOrder(desk, orderId)).toMatchObject({ state: 'unknown', needsResolving: true })
    await age(orderId, 10_000)
  }
  expect((await findAccount(db, trader.account.id))?.status).toBe('active')
  await age(orderId, 120_000)
  expect(await resolveOrder(desk, orderId)).toMatchObject({
    state: 'unknown',
    outcome: { kind: 'failed', reason: expect.stringContaining('more than 120 s') },
  })
  expect((await findAccount(db, trader.account.id))?.status).toBe('degraded')
})

test('when no connection is found, nothing has happened: the order is planned still, and sent later', async () => {
  const trader = await floor.trader({ market: 'spot' })
  const orderId = await floor.enter(trader, { base: 'XRP', quantity: '100' })
  const before = proxy.orders
  await proxy.shut()
  await expect(sendOrder(desk, orderId)).rejects.toThrow(VenueUnavailable)
  expect((await orderOrThrow(db, orderId)).state).toBe('planned')
  await proxy.reopen()
  expect(await sendOrder(desk, orderId)).toMatchObject({ state: 'filled' })
  expect(proxy.orders - before).toBe(1)
})

test('a worker that died between claim and answer leaves an order that is resolved, not sent again', async () => {
  const trader = await floor.trader({ market: 'futures' })
  const orderId = await floor.enter(trader, { base: 'BTC', quantity: '0.02' })
  await floor.database.query(
    `update orders set state = 'submitting', sent_at = now(), lease_until = now() + interval '5 seconds' where id = $1`,
    [orderId],
  )
  expect(await resolveOrder(desk, orderId)).toMatchObject({ outcome: { reason: 'it is being sent' } })
  await age(orderId, 5_001)
  expect(await resolveOrder(desk, orderId)).toMatchObject({ state: 'unknown', needsResolving: true })
  expect((await eventsOf(db, orderId)).at(-1)).toMatchObject({ to: 'unknown' })
  expect(await sendOrder(desk, orderId)).toMatchObject({ outcome: { kind: 'skipped' } })
})

test('the database itself takes no "not at the venue" without two whole rounds of nothing, apart', async () => {
  const trader = await floor.trader({ market: 'futures' })
  const orderId = await floor.enter(trader, { base: 'ETH', quantity: '0.1' })
  await sendLossy(orderId, 'lose-request')
  const order = await orderOrThrow(db, orderId)
  const end = () => floor.database.query(`update orders set state = 'not_at_venue' where id = $1`, [orderId])
  const rounds = async (...found: boolean[]) => {
    for (const isFound of found)
      await db.transaction().execute((tx) =>
        recordRound(tx, order, {
          serverTimeMs: Date.now(),
          tookMs: 0,
          answers: evidenceKinds.map((kind) => ({
            kind,
            found: isFound && kind === 'balance-or-position',
            details: {},
          })),
        }),
      )
  }
  await expect(end()).rejects.toThrow('0 rounds')
  await rounds(false, false)
  await expect(end()).rejects.toThrow('2 rounds')
  await age(orderId, 5_000)
  await floor.database.query(`delete from order_evidence where order_id = $1 and kind = 'fills'`, [orderId])
  await rounds(false, true)
  await expect(end()).rejects.toThrow('1 rounds')
  await age(orderId, 5_000)
  await rounds(false)
  await end()
  expect((await orderOrThrow(db, orderId)).state).toBe('not_at_venue')
})

test.each([
  { what: 'an empty list of orders', path: /allOrders/, answer: { body: '' } },
  { what: 'half a list of fills', path: /userTrades/, answer: { body: '[{"symbol":' } },
  { what: 'an error for the open orders', path: /openOrders/, answer: { status: 503, body: '{}' } },
  { what: 'no position report', path: /positionRisk/, answer: { body: 'null' } },
  {
    what: 'the time of ten seconds ago',
    path: /\/time/,
    answer: { body: `{"serverTime":${Date.now() - 10_000}}` },
  },
])('$what is no round', async ({ path, answer }) => {
  const trader = await floor.trader({ market: 'futures' })
  const orderId = await floor.enter(trader, { base: 'ETH', quantity: '0.1' })
  await sendLossy(orderId, 'lose-request')
  await age(orderId, 30_000)
  try {
    stub.answer = (asked) => (path.test(asked) ? answer : undefined)
    for (let look = 0; look < 2; look += 1) {
      expect(await resolveOrder(desk, orderId)).toMatchObject({ state: 'unknown' })
      await age(orderId, 5_000)
    }
    const rounds = (await evidenceOf(db, orderId)).map(({ round }) => round)
    expect(Math.max(0, ...rounds)).toBeLessThanOrEqual(1)
    stub.answer = () => undefined
    await resolveOrder(desk, orderId)
    await age(orderId, 5_000)
    expect(await resolveOrder(desk, orderId)).toMatchObject({ state: 'not_at_venue' })
  } finally {
    stub.answer = () => undefined
  }
})

test('a degraded account takes entries again when its order is found, and the alarm was raised once', async () => {
  const trader = await floor.trader({ market: 'spot' })
  const orderId = await floor.enter(trader, { base: 'ETH', quantity: '0.5' })
  await sendLossy(orderId, 'lose-answer')
  await age(orderId, 121_000)
  await proxy.shut()
  for (let look = 0; look < 3; look += 1)
    expect(await resolveOrder(desk, orderId)).toMatchObject({ state: 'unknown' })
  expect((await findAccount(db, trader.account.id))?.status).toBe('degraded')
  const alarms = await floor.database.query(
    `select 1 from audit_log where action = 'order-unknown-too-long' and target = $1`,
    [orderId],
  )
  expect(alarms).toHaveLength(1)
  await proxy.reopen()
  await resolveOrder(desk, orderId)
  expect(await resolveOrder(desk, orderId)).toMatchObject({ state: 'filled' })
  expect(await findAccount(db, trader.account.id)).toMatchObject({ status: 'active', statusReason: null })
})

test('what turns up after all is booked, and says so loudly', async () => {
  const trader = await floor.trader({ market: 'futures' })
  const orderId = await floor.enter(trader, { base: 'SOL', quantity: '3' })
  await sendLossy(orderId, 'lose-answer')
  const order = await orderOrThrow(db, orderId)
  await floor.database.query(`alter table orders disable trigger guard_absence`)
  await floor.database.query(`update orders set state = 'not_at_venue', ended_at = now() where id = $1`, [
    orderId,
  ])
  await floor.database.query(`alter table orders enable trigger guard_absence`)
  await floor.database.query(`update positions set state = 'void' where id = $1`, [order.positionId])

  const venue = await floor.gateway.account(trader.account.id)
  const found = await venue.orderByClientId({ symbol: order.symbol, clientOrderId: order.clientOrderId })
  const context = await bookingContext(desk, trader.account, order.symbol)
  if (!found) throw new Error('it is there')
  expect(await observeOrder(desk, { ...order, state: 'not_at_venue' }, venue, found, context)).toMatchObject({
    state: 'filled',
    isLateTruth: true,
    positionState: 'open',
  })
  const [alarm] = await floor.database.query(
    `select actor from audit_log where action = 'late-truth' and target = $1`,
    [orderId],
  )
  expect(alarm).toEqual({ actor: 'bullpen' })
  expect(await compareBooks(db, trader.account.id, floor.gateway)).toEqual([])
})

test('looks follow each other at growing intervals of at most 5 s, in one chain', async () => {
  const trader = await floor.trader({ market: 'futures' })
  const orderId = await floor.enter(trader, { base: 'XRP', quantity: '50' })
  const sent = await sendLossy(orderId, 'lose-request')
  expect(sent.nextLook).toEqual({ look: 1, inMs: 500 })
  expect((await resolveOrder(desk, orderId)).nextLook).toBeUndefined()
  const waits: (number | undefined)[] = []
  for (let look = 0; look < 6; look += 1) {
    await floor.database.query(`update orders set woken_at = now() where id = $1`, [orderId])
    waits.push((await resolveOrder(desk, orderId)).nextLook?.inMs)
  }
  expect(waits).toEqual([1_000, 2_000, 4_000, 5_000, 5_000, 5_000])
})
