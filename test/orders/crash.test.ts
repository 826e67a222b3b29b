import { spawn } from 'node:child_process'
import path from 'node:path'
import { expect, test } from 'vitest'
import { takeWakes } from '#db/order-wakes.ts'
import { orderOrThrow } from '#db/orders.ts'
import { findPosition } from '#db/positions.ts'
import { compareBooks } from '#src/orders/books.ts'
import type { Crashpoint } from '#src/orders/crashpoint.ts'
import { placeOrder } from '#src/orders/place.ts'
import { openFloor, secretKey, venueOrdersOf } from '#test/support/floor.ts'

const floor = await openFloor()
const { db, desk } = floor

/** Lets another process claim and send the order, and die where it is told to. */
async function dieSending(orderId: string, point: Crashpoint): Promise<void> {
  const script = path.join(import.meta.dirname, 'fixtures/dying-sender.ts')
  const child = spawn(
    process.execPath,
    [script, floor.database.url, floor.simulator.url, secretKey, orderId, point],
    { stdio: ['ignore', 'inherit', 'inherit'] },
  )
  const signal = await new Promise((resolve) => child.once('exit', (_, by) => resolve(by)))
  expect(signal).toBe('SIGKILL')
}

async function overLease(orderId: string): Promise<void> {
  await floor.database.query(
    `update orders set sent_at = sent_at - interval '8 s', lease_until = lease_until - interval '8 s', planned_at = planned_at - interval '1 minute'
     where id = $1`,
    [orderId],
  )
}

test('a worker killed between sending and recording: the order is found and booked, not sent again', async () => {
  const trader = await floor.trader({ market: 'spot' })
  const orderId = await floor.enter(trader, { base: 'BTC', quantity: '0.01' })
  await dieSending(orderId, 'sent-not-recorded')
  const order = await orderOrThrow(db, orderId)
  expect(order.state).toBe('submitting')
  expect(venueOrdersOf(floor, trader, order)).toHaveLength(1)

  expect(await takeWakes(db, { quietMs: 5_000, limit: 10 })).toEqual([])
  await overLease(orderId)
  expect(await takeWakes(db, { quietMs: 5_000, limit: 10 })).toMatchObject([{ id: orderId, wake: 1 }])
  expect(await takeWakes(db, { quietMs: 5_000, limit: 10 })).toEqual([])
  expect(await placeOrder(desk, orderId, { isRetry: false })).toMatchObject({ state: 'filled' })
  expect(venueOrdersOf(floor, trader, order)).toHaveLength(1)
  expect(await findPosition(db, order.positionId)).toMatchObject({ state: 'open', quantityEntered: '0.01' })
  expect(await compareBooks(db, trader.account.id, floor.gateway)).toEqual([])
})

test('a worker killed between the claim and the sending: nothing was executed, and that is proven first', async () => {
  const trader = await floor.trader({ market: 'futures' })
  const orderId = await floor.enter(trader, { base: 'BTC', quantity: '0.01' })
  await dieSending(orderId, 'claimed-not-sent')
  const wake = () => placeOrder(desk, orderId, { isRetry: false })
  expect(await wake()).toMatchObject({ state: 'submitting' })
  await overLease(orderId)
  expect(await wake()).toMatchObject({ state: 'unknown', needsResolving: true })
  expect(await wake()).toMatchObject({ state: 'unknown', needsResolving: true })
  await floor.database.query(
    `update order_evidence set asked_at = asked_at - interval '5 s' where order_id = $1`,
    [orderId],
  )
  expect(await wake()).toMatchObject({ state: 'not_at_venue' })
  const order = await orderOrThrow(db, orderId)
  expect(venueOrdersOf(floor, trader, order)).toEqual([])
  expect(await findPosition(db, order.positionId)).toMatchObject({ state: 'void' })
})
