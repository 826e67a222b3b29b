import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { holdLifeline, type Lifeline } from '#db/lifelines.ts'
import { isBeingSent, takeWakes } from '#db/order-wakes.ts'
import { liveOrders, orderOrThrow } from '#db/orders.ts'
import { beat, markStopped } from '#db/workers.ts'
import { claimOrder } from '#src/orders/claim.ts'
import { loseSender } from '#src/orders/lost-sender.ts'
import { bookingContext } from '#src/orders/order-desk.ts'
import { placeOrder } from '#src/orders/place.ts'
import { resolveOrder } from '#src/orders/resolve.ts'
import { openFloor } from '#test/support/floor.ts'

const floor = await openFloor()
const { db, database } = floor

let worker: string
let lifeline: Lifeline

beforeEach(async () => {
  worker = randomUUID()
  const vitals = { rssBytes: 0, loopLagMs: 0 }
  await beat(db, { id: worker, role: 'worker', queues: [], host: 'here', pid: 1, version: '0' }, vitals)
  lifeline = await holdLifeline(database.url, worker)
})
afterEach(() => lifeline.stop())

/** An entry that the worker has claimed and not sent, so long ago. */
async function claimed({ msAgo = 1_500, by = worker } = {}) {
  const of = await floor.trader({ market: 'futures' })
  const orderId = await floor.enter(of, { base: 'ETH', quantity: '1' })
  const desk = floor.deskOf(by)
  const order = await orderOrThrow(db, orderId)
  const context = await bookingContext(desk, of.account, order.symbol)
  expect(await claimOrder(db, order, context)).toMatchObject({ kind: 'claimed' })
  await age(orderId, msAgo)
  return { of, orderId }
}

const age = (orderId: string, ms: number) =>
  database.query(
    `update orders set sent_at = sent_at - $2 * interval '1 ms', lease_until = lease_until - $2 * interval '1 ms',
       planned_at = planned_at - $2 * interval '1 ms' where id = $1`,
    [orderId, ms],
  )
const taken = async (orderId: string) =>
  (await takeWakes(db, { quietMs: 4_000, limit: 100 })).filter(({ id }) => id === orderId)
/** Dies as SIGKILL lets it: the connection ends, and nobody says anything. */
const die = () => lifeline.stop()

test('a sender that lives is left alone for as long as its lease runs', async () => {
  const { orderId } = await claimed()
  expect(await isBeingSent(db, orderId)).toBe(true)
  expect(await taken(orderId)).toEqual([])
  expect(await loseSender(floor.desk, orderId)).toBeUndefined()
  expect(await resolveOrder(floor.desk, orderId)).toMatchObject({ outcome: { reason: 'it is being sent' } })
  await age(orderId, 5_000)
  expect(await taken(orderId)).toHaveLength(1)
  expect(await loseSender(floor.desk, orderId)).toBeDefined()
})

test('a worker that never held a lifeline is judged by its lease alone', async () => {
  const { orderId } = await claimed({ by: 'another' })
  expect(await isBeingSent(db, orderId)).toBe(true)
  expect(await taken(orderId)).toEqual([])
})

test('a sender that died is found before its lease ends, by one sweeper, and its order looked for', async () => {
  const { orderId } = await claimed()
  await die()
  await expect.poll(() => isBeingSent(db, orderId)).toBe(false)
  expect(await taken(orderId)).toMatchObject([{ state: 'submitting' }])
  expect(await taken(orderId)).toEqual([])
  expect(await loseSender(floor.desk, orderId)).toBeDefined()
  expect(await loseSender(floor.desk, orderId)).toBeUndefined()
  expect((await orderOrThrow(db, orderId)).state).toBe('unknown')
})

test('a connection that was lost a moment ago is made anew before its worker is taken for dead', async () => {
  const { orderId } = await claimed({ msAgo: 0 })
  await database.query(
    `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'bullpen lifeline' and datname = current_database()`,
  )
  expect(await isBeingSent(db, orderId)).toBe(true)
  await age(orderId, 2_000)
  await expect.poll(() => isBeingSent(db, orderId), { timeout: 10_000 }).toBe(true)
})

test('the stop of a sender that died gets a second beside it without a word from the venue', async () => {
  const of = await floor.trader({ market: 'futures' })
  const entryId = await floor.enter(of, { base: 'ETH', quantity: '1' })
  await placeOrder(floor.desk, entryId, { isRetry: false })
  const { positionId } = await orderOrThrow(db, entryId)
  const [stop] = await liveOrders(db, positionId)
  const desk = floor.deskOf(worker)
  const context = await bookingContext(desk, of.account, stop?.symbol ?? '')
  const order = await orderOrThrow(db, stop?.id ?? '')
  expect(await claimOrder(db, order, context)).toMatchObject({ kind: 'claimed' })
  await age(order.id, 1_500)
  await die()
  await expect.poll(() => loseSender(floor.desk, order.id)).toBe(positionId)
  const stops = (await liveOrders(db, positionId)).sort((a, b) => a.attempt - b.attempt)
  expect(stops).toMatchObject([
    { purpose: 'stop', state: 'unknown', attempt: 1 },
    { purpose: 'stop', state: 'planned', attempt: 2 },
  ])
})

test('a beat that comes after the end does not bring a worker back', async () => {
  await markStopped(db, worker)
  const vitals = { rssBytes: 1, loopLagMs: 1 }
  await beat(db, { id: worker, role: 'worker', queues: [], host: 'here', pid: 1, version: '0' }, vitals)
  const [row] = await database.query(
    'select stopped_at is not null as has_stopped from workers where id = $1',
    [worker],
  )
  expect(row).toEqual({ has_stopped: true })
})
