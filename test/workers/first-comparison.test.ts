import { expect, test } from 'vitest'
import { orderOrThrow } from '#db/orders.ts'
import type { JobContext } from '#jobs/context.ts'
import placeOrder from '#jobs/place-order.ts'
import reconcileAccount from '#jobs/reconcile-account.ts'
import type { Enqueue } from '#src/queue/enqueue.ts'
import type { Run } from '#src/queue/job.ts'
import { openFloor, venueOrdersOf } from '../support/floor.ts'

const floor = await openFloor()
const { db, desk, database } = floor
const asked: { job: string; data: unknown; jobId: string | undefined }[] = []
const enqueue: Enqueue = async (contract, data, options) => {
  asked.push({ job: contract.name, data, jobId: options?.jobId })
}
const context = {
  ...desk,
  enqueue,
  config: { ...desk.config, trustedSources: [] },
} as unknown as JobContext
const run: Run = { signal: new AbortController().signal, isRetry: false }

test('after a start, entries have their account compared at once, and are woken when it was', async () => {
  const trader = await floor.trader({ market: 'spot' })
  const accountId = trader.account.id
  const idle = await floor.trader({ market: 'spot' })
  await database.query('update accounts set must_reconcile = true')
  const orderId = await floor.enter(trader, { base: 'BTC', quantity: '0.01' })
  const lane = { orderId, exchange: 'binance', lane: 'orders' } as const

  expect(await placeOrder.run(lane, context, run)).toMatchObject({ kind: 'skipped' })
  await placeOrder.run(lane, context, run)
  expect(await orderOrThrow(db, orderId)).toMatchObject({ state: 'planned' })
  const comparisons = asked.filter(({ job }) => job === 'reconcile-account')
  expect(comparisons[0]).toMatchObject({ data: { accountId } })
  expect(
    comparisons.filter(({ data }) => (data as { accountId: string }).accountId === idle.account.id),
  ).toEqual([])

  asked.length = 0
  await reconcileAccount.run({ accountId }, context, run)
  expect(asked.filter(({ job }) => job === 'place-order')).toMatchObject([{ data: lane }])
  expect(await placeOrder.run(lane, context, run)).toMatchObject({ kind: 'done' })
  expect(venueOrdersOf(floor, trader, await orderOrThrow(db, orderId))).toHaveLength(1)

  asked.length = 0
  await floor.enter(trader, { base: 'ETH', quantity: '0.1' })
  await reconcileAccount.run({ accountId }, context, run)
  expect(asked.filter(({ job }) => job === 'place-order')).toEqual([])
})
