import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { orderOrThrow } from '#db/orders.ts'
import { placeOrder } from '#src/orders/place.ts'
import { commandLine } from '../support/command.ts'
import { openFloor, secretKey } from '../support/floor.ts'

const floor = await openFloor()
const { db, database, desk, simulator } = floor
const bullpen = commandLine({
  DATABASE_URL: database.url,
  SECRET_KEY: secretKey,
  REDIS_URL: 'redis://127.0.0.1:1',
})

test('bullpen retry --settle ends what stays unknown as manual, by a person’s word, without queue and venue', async () => {
  const of = await floor.trader({ market: 'spot' })
  simulator.faults.add({
    rules: [{ fault: 'drop-before', match: { request: 'order', apiKey: of.apiKey }, times: 1 }],
  })
  const orderId = await floor.enter(of, { base: 'ETH', quantity: '1' })
  expect(await placeOrder(desk, orderId, { isRetry: false })).toMatchObject({ state: 'unknown' })
  const settle = (id: string, finding: string) => bullpen(['retry', id, '--settle', finding])

  const missing = randomUUID()
  expect(await settle(missing, 'x')).toMatchObject({ code: 1, stderr: `there is no order ${missing}\n` })
  expect(await settle(orderId, 'it never arrived')).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^order \S+ was not settled: the venue is still being asked: [^\n]*\n$/),
  })
  expect((await orderOrThrow(db, orderId)).state).toBe('unknown')

  await database.query(
    `update orders set sent_at = sent_at - interval '130 s', failure_code = 'unknown-too-long' where id = $1`,
    [orderId],
  )
  expect(await settle(orderId, 'it never arrived')).toEqual({
    code: 0,
    stderr: '',
    stdout: `order ${orderId} is manual; should it turn up after all, it is booked, with an alarm\n`,
  })
  expect(await orderOrThrow(db, orderId)).toMatchObject({
    state: 'manual',
    failureReason: 'settled by hand: it never arrived',
  })
  expect(await settle(orderId, 'again')).toMatchObject({ code: 1 })
}, 120_000)
