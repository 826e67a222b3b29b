import { beforeEach, expect, test } from 'vitest'
import { orderOrThrow } from '#db/orders.ts'
import type { JobContext } from '#jobs/context.ts'
import placeJob from '#jobs/place-order.ts'
import resolveJob from '#jobs/resolve-order.ts'
import { placeOrder } from '#src/orders/place.ts'
import { openFloor } from '#test/support/floor.ts'
import { lossyProxy } from '#test/support/lossy-proxy.ts'

const floor = await openFloor()
const { db, database, desk, simulator } = floor
const proxy = await lossyProxy(simulator.url)
floor.route.url = proxy.url

const asked: { readonly name: string; readonly jobId?: string }[] = []
const context = {
  ...desk,
  config: { ...desk.config, trustedSources: [] },
  enqueue: async ({ name }: { name: string }, _: unknown, { jobId }: { jobId?: string } = {}) =>
    void asked.push({ name, ...(jobId !== undefined && { jobId }) }),
} as unknown as JobContext
const signal = new AbortController().signal

beforeEach(() => {
  asked.length = 0
})

/** An order of which nobody knows what became, sent so long ago, at a venue that does not answer. */
async function unknown(secondsAgo: number): Promise<string> {
  const of = await floor.trader({ market: 'spot' })
  simulator.faults.add({
    rules: [{ fault: 'drop-after-accept', match: { request: 'order', apiKey: of.apiKey }, times: 1 }],
  })
  const orderId = await floor.enter(of, { base: 'ETH', quantity: '1' })
  expect(await placeOrder(desk, orderId, { isRetry: false })).toMatchObject({ state: 'unknown' })
  await database.query(`update orders set sent_at = sent_at - $2 * interval '1 s' where id = $1`, [
    orderId,
    secondsAgo,
  ])
  return orderId
}
const lane = (orderId: string) => ({ orderId, exchange: 'binance', lane: 'orders' as const })

test('an order that is unknown for less than 120 s fails no job', async () => {
  const orderId = await unknown(60)
  await proxy.shut()
  try {
    expect(await resolveJob.run({ orderId }, context, { signal, isRetry: false })).toMatchObject({
      kind: 'skipped',
    })
    expect(await placeJob.run(lane(orderId), context, { signal, isRetry: false })).toMatchObject({
      kind: 'skipped',
    })
    expect(asked.filter(({ jobId }) => jobId === `order-${orderId}-unknown`)).toEqual([])
  } finally {
    await proxy.reopen()
  }
})

test('one that is unknown for longer fails as the job that placed it, with advice, and its retry asks the venue alone', async () => {
  const orderId = await unknown(121)
  await proxy.shut()
  try {
    const reason = expect.stringContaining('is unknown for more than 120 s')
    for (let looks = 0; looks < 2; looks += 1)
      expect(await resolveJob.run({ orderId }, context, { signal, isRetry: false })).toMatchObject({
        kind: 'skipped',
        reason,
      })
    // A job that is kept under its id swallows the second.
    expect(asked.filter(({ name }) => name === 'place-order')).toEqual([
      { name: 'place-order', jobId: `order-${orderId}-unknown` },
      { name: 'place-order', jobId: `order-${orderId}-unknown` },
    ])
    for (const isRetry of [false, true])
      expect(await placeJob.run(lane(orderId), context, { signal, isRetry })).toMatchObject({
        kind: 'failed',
        reason,
        advice: expect.stringContaining('compare the account with the venue'),
      })
  } finally {
    await proxy.reopen()
  }
  const before = proxy.orders
  expect(await placeJob.run(lane(orderId), context, { signal, isRetry: true })).toMatchObject({
    kind: 'done',
  })
  expect((await orderOrThrow(db, orderId)).state).toBe('filled')
  expect(proxy.orders).toBe(before)
})
