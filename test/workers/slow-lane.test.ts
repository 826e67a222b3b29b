import { afterAll, describe, expect, test } from 'vitest'
import type { JobContext } from '#jobs/context.ts'
import { wakeOrders } from '#jobs/wake-orders.ts'
import { createLog } from '#src/log.ts'
import { openBackend } from '#src/queue/backend.ts'
import { enqueueOn } from '#src/queue/enqueue.ts'
import { openQueues } from '#src/queue/queues.ts'
import { isWaitingIn } from '#src/queue/waiting.ts'
import { budgetOf } from '#workers/lane-budget.ts'
import { gapMs } from '#workers/without-queue.ts'
import { backendKinds, queueAddress } from '../support/backends.ts'
import { openFloor } from '../support/floor.ts'

const floor = await openFloor()
const { database, db } = floor

describe.each(backendKinds)('on %s', async (kind) => {
  const backend = await openBackend(await queueAddress(kind))
  const queues = openQueues(backend)
  afterAll(async () => {
    await queues.close()
    await backend.close()
  })

  test('wakes of an order whose last wake still waits in its lane do not pile up', async () => {
    const lane = queues.named('orders-binance')
    await lane.obliterate({ force: true })
    const log = createLog({ level: 'silent', role: 'test' })
    const context = { db, log, enqueue: enqueueOn(queues) } as unknown as JobContext
    const trader = await floor.trader({ market: 'spot' })
    const orderId = await floor.enter(trader, { base: 'BTC', quantity: '0.01' })
    const round = async () => {
      await database.query(
        `update orders set planned_at = planned_at - interval '5 s', woken_at = woken_at - interval '5 s' where id = $1`,
        [orderId],
      )
      await wakeOrders(context, isWaitingIn(queues))
    }
    for (let rounds = 0; rounds < 20; rounds++) await round()
    expect(await lane.getWaitingCount()).toBe(1)

    await lane.obliterate({ force: true })
    await round()
    const [job] = await lane.getWaiting()
    expect(job?.data).toMatchObject({ orderId, lane: 'orders' })
    await database.query(`update orders set woken_at = now() + interval '1 hour' where id = $1`, [orderId])
  })
})

test('without the queue, the workers of a lane send together a quarter of its budget', () => {
  const budget = budgetOf('exits-binance')
  const perSecond = ((budget?.max ?? 0) * 1_000) / (budget?.durationMs ?? 1)
  for (const workers of [1, 2, 8])
    expect((workers * 1_000) / gapMs('exits-binance', workers)).toBeCloseTo(perSecond / 4)
  expect(gapMs('exits-binance', 0)).toBe(gapMs('exits-binance', 1))
})
