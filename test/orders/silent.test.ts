import { beforeEach, expect, test } from 'vitest'
import { findAccount } from '#db/accounts.ts'
import { eventsOf } from '#db/order-events.ts'
import { evidenceOf } from '#db/order-evidence.ts'
import { takenSlots } from '#db/order-slots.ts'
import { liveOrders, orderOrThrow } from '#db/orders.ts'
import { findPosition } from '#db/positions.ts'
import { compareBooks } from '#src/orders/books.ts'
import { cancelOrder } from '#src/orders/cancel.ts'
import { placeOrder } from '#src/orders/place.ts'
import { resolveOrder } from '#src/orders/resolve.ts'
import { openFloor, type Trader, venueOrdersOf } from '#test/support/floor.ts'
import { carryOut, workOff } from '#test/support/hand-work.ts'
import { type StubAnswer, venueStub } from '#test/support/venue-stub.ts'

const floor = await openFloor()
const { db, database, desk, simulator } = floor
const stub = await venueStub(simulator.url)
floor.route.url = stub.url

beforeEach(() => {
  show()
  simulator.faults.remove()
})

/** A venue that has forgotten every order: by their ids, and in its lists. */
const forgetful = (path: string): StubAnswer | undefined => {
  if (/\/(open|all)(Algo)?Orders\?/.test(path)) return { body: '[]' }
  const absent = { status: 400, body: '{"code":-2013,"msg":"Order does not exist."}' }
  return /\/(order|algoOrder)\?/.test(path) ? absent : undefined
}
function hide(): void {
  stub.answer = forgetful
}
function show(): void {
  stub.answer = () => undefined
}

/** As if an order had been sent, had fallen silent and been looked for so much earlier. */
async function age(orderId: string, ms: number): Promise<void> {
  const by = `${ms} milliseconds`
  await database.query(
    `update orders set sent_at = sent_at - $2::interval, silent_since = silent_since - $2::interval where id = $1`,
    [orderId, by],
  )
  await database.query(`update order_evidence set asked_at = asked_at - $2::interval where order_id = $1`, [
    orderId,
    by,
  ])
}

const look = (orderId: string) => resolveOrder(desk, orderId)
const alarms = async (target: string) =>
  (
    await database.query<{ action: string }>('select action from audit_log where target = $1 order by id', [
      target,
    ])
  ).map(({ action }) => action)

/** A limit entry far from the price, confirmed a minute ago. */
async function resting(of: Trader): Promise<string> {
  const orderId = await floor.enter(of, { base: 'BTC', quantity: '0.01', limitAt: 0.97 })
  expect(await placeOrder(desk, orderId, { isRetry: false })).toMatchObject({ state: 'open' })
  await age(orderId, 60_000)
  return orderId
}

test('an order that was confirmed a moment ago may not be shown yet: nothing is noted', async () => {
  const of = await floor.trader({ market: 'spot' })
  const orderId = await floor.enter(of, { base: 'BTC', quantity: '0.01', limitAt: 0.95 })
  await placeOrder(desk, orderId, { isRetry: false })
  hide()
  expect(await look(orderId)).toMatchObject({ state: 'open', needsResolving: true })
  expect(await orderOrThrow(db, orderId)).toMatchObject({ state: 'open', silentSince: null })
  expect(await evidenceOf(db, orderId)).toEqual([])
})

test.each(['spot', 'futures'] as const)(
  'silence on %s is no ending: two whole rounds of nothing, apart, are, and a person hears of it',
  async (market) => {
    const of = await floor.trader({ market })
    const orderId = await resting(of)
    const { positionId } = await orderOrThrow(db, orderId)
    hide()
    for (let round = 0; round < 2; round += 1)
      expect(await look(orderId)).toMatchObject({ state: 'open', needsResolving: true })
    expect((await orderOrThrow(db, orderId)).silentSince).not.toBeNull()
    await age(orderId, 5_000)
    expect(await look(orderId)).toMatchObject({ state: 'canceled' })
    expect(await orderOrThrow(db, orderId)).toMatchObject({
      state: 'canceled',
      failureReason: expect.stringContaining('no such order any more'),
    })
    expect((await eventsOf(db, orderId)).at(-1)).toMatchObject({ from: 'open', to: 'canceled' })
    expect(await alarms(orderId)).toEqual(['order-vanished'])
    expect(await findPosition(db, positionId)).toMatchObject({ state: 'void' })
    expect(await takenSlots(db, positionId)).toEqual([])
  },
)

test('what was not found before it was seen again proves nothing', async () => {
  const of = await floor.trader({ market: 'futures' })
  const orderId = await resting(of)
  hide()
  await look(orderId)
  await age(orderId, 20_000)
  show()
  expect(await look(orderId)).toMatchObject({ state: 'open', needsResolving: false })
  expect(await orderOrThrow(db, orderId)).toMatchObject({ silentSince: null })
  hide()
  expect(await look(orderId)).toMatchObject({ state: 'open' })
  await age(orderId, 4_000)
  expect(await look(orderId)).toMatchObject({ state: 'open' })
  await age(orderId, 1_000)
  expect(await look(orderId)).toMatchObject({ state: 'canceled' })
})

test('a venue that does not answer has not been silent: it is no round', async () => {
  const of = await floor.trader({ market: 'futures' })
  const orderId = await resting(of)
  stub.answer = (path) => (/openOrders/.test(path) ? { status: 503, body: '{}' } : forgetful(path))
  for (let round = 0; round < 3; round += 1) {
    await expect(look(orderId)).rejects.toThrow()
    await age(orderId, 6_000)
  }
  expect(await evidenceOf(db, orderId)).toEqual([])
  expect((await orderOrThrow(db, orderId)).state).toBe('open')
})

test('while its lists show it, it stays; after 120 s the account takes no entries and a person is asked, once', async () => {
  const of = await floor.trader({ market: 'spot' })
  const orderId = await resting(of)
  stub.answer = (path) => (/Orders\?/.test(path) ? undefined : forgetful(path))
  for (let round = 0; round < 3; round += 1) {
    expect(await look(orderId)).toMatchObject({ state: 'open' })
    await age(orderId, 10_000)
  }
  expect(await findAccount(db, of.account.id)).toMatchObject({ status: 'active' })
  await age(orderId, 120_000)
  for (let round = 0; round < 2; round += 1) expect(await look(orderId)).toMatchObject({ state: 'open' })
  expect(await findAccount(db, of.account.id)).toMatchObject({
    status: 'degraded',
    statusReason: expect.stringContaining(`does not show order ${orderId}`),
  })
  expect(await alarms(orderId)).toEqual(['order-silent-too-long'])
  show()
  expect(await look(orderId)).toMatchObject({ state: 'open' })
  expect(await findAccount(db, of.account.id)).toMatchObject({ status: 'active', statusReason: null })
})

test('what had filled of it stays, and is closed like any other', async () => {
  const of = await floor.trader({ market: 'futures' })
  simulator.faults.add({
    rules: [{ fault: 'partial-fill', share: 0.4, rest: 'stays', match: { apiKey: of.apiKey }, times: 1 }],
  })
  const orderId = await floor.enter(of, { base: 'ETH', quantity: '1', limitAt: 1.01 })
  await placeOrder(desk, orderId, { isRetry: false })
  expect(await orderOrThrow(db, orderId)).toMatchObject({ state: 'partially_filled', filled: '0.4' })
  const { positionId } = await orderOrThrow(db, orderId)
  await workOff(desk, positionId)
  await age(orderId, 60_000)
  hide()
  await look(orderId)
  await age(orderId, 5_000)
  expect(await look(orderId)).toMatchObject({ state: 'canceled' })
  expect(await findPosition(db, positionId)).toMatchObject({ state: 'open', quantityOpen: '0.4' })
  show()
  expect(await compareBooks(db, of.account.id, floor.gateway)).toEqual([])
})

test('an order that is being taken back and is not there has ended, by the same evidence', async () => {
  const of = await floor.trader({ market: 'futures' })
  const orderId = await resting(of)
  hide()
  expect(await cancelOrder(desk, orderId)).toMatchObject({ state: 'canceling', needsResolving: true })
  await age(orderId, 5_000)
  expect(await cancelOrder(desk, orderId)).toMatchObject({ state: 'canceled' })
})

test('a stop that the venue does not show protects nobody: a second one rests at once, and one is left', async () => {
  const of = await floor.trader({ market: 'futures' })
  const positionId = await carryOut(desk, await floor.enter(of, { base: 'ETH', quantity: '1' }))
  const stops = async () =>
    (await liveOrders(db, positionId))
      .filter(({ purpose }) => purpose === 'stop')
      .sort((a, b) => a.attempt - b.attempt)
  const [first] = await stops()
  await age(first?.id ?? '', 60_000)
  hide()
  await look(first?.id ?? '')
  const open = await database.query(
    'select kind, ended_at from protection_gaps where position_id = $1 and ended_at is null',
    [positionId],
  )
  expect(open).toEqual([{ kind: 'no_stop', ended_at: null }])
  const [gap] = await database.query<{ since: boolean }>(
    `select gap.began_at = orders.silent_since as since from protection_gaps gap, orders
     where gap.position_id = $1 and gap.ended_at is null and orders.id = $2`,
    [positionId, first?.id],
  )
  expect(gap).toEqual({ since: true })
  expect(await stops()).toMatchObject([{ state: 'open' }, { state: 'planned' }])

  show()
  await workOff(desk, positionId)
  const shown = (await Promise.all((await stops()).map((stop) => venueOrdersOf(floor, of, stop)))).flat()
  expect(shown.filter(({ status }) => status === 'open')).toHaveLength(1)
  for (const { id } of await stops()) await look(id)
  await workOff(desk, positionId)
  expect(await stops()).toHaveLength(1)
  expect(
    await database.query('select 1 from protection_gaps where position_id = $1 and ended_at is null', [
      positionId,
    ]),
  ).toEqual([])
})
