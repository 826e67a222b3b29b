import { describe, expect, test } from 'vitest'
import { findPosition } from '#db/positions.ts'
import { placeOrder } from '#src/orders/place.ts'
import { planExit } from '#src/orders/plan.ts'
import { openBackend } from '#src/queue/backend.ts'
import { openQueues } from '#src/queue/queues.ts'
import { backendKinds } from '../support/backends.ts'
import { openCrew } from '../support/crew.ts'
import { keys, openFloor, type Trader, venueOrdersOf } from '../support/floor.ts'
import { losableStore } from '../support/losable-store.ts'

/** Real processes start slowly on a machine that is busy. */
const processesMs = 180_000

const floor = await openFloor()
const { db, desk, database } = floor
const crew = await openCrew(floor)

/** A position that is open, and its id. */
async function openPosition(trader: Trader): Promise<string> {
  const orderId = await floor.enter(trader, { base: 'BTC', quantity: '0.01' })
  await placeOrder(desk, orderId, { isRetry: false })
  const [row] = await database.query<{ position_id: string }>(
    'select position_id from orders where id = $1',
    [orderId],
  )
  return row?.position_id ?? ''
}

async function untilClosed(positionId: string): Promise<void> {
  await until(async () => (await findPosition(db, positionId))?.state === 'closed')
}

/** Every order of the position that reached the venue, each counted once. */
async function sentOf(trader: Trader, positionId: string): Promise<number> {
  const orders = await database.query<{ id: string }>(
    'select client_order_id as id from orders where position_id = $1',
    [positionId],
  )
  return orders.flatMap(({ id }) => venueOrdersOf(floor, trader, { clientOrderId: id })).length
}

describe.each(backendKinds)('with the queue on %s', async (kind) => {
  const store = await losableStore(kind)

  test('exits are found and sent while the queue is lost, entries wait, and everything goes on when it is back', {
    timeout: processesMs,
  }, async () => {
    const hands = await crew.start(['orders-binance', 'exits-binance', 'accounts'], store.address)
    const eyes = await crew.start(['monitor'], store.address)
    const traders = await Promise.all([1, 2, 3].map(() => floor.trader({ market: 'spot' })))
    const [planned, watched, later] = traders as [Trader, Trader, Trader]
    const [closedBySignal, closedByStop] = [await openPosition(planned), await openPosition(watched)]
    await store.lose()
    for (const worker of [hands, eyes]) await worker.until(/"queue-lost"/)

    await db.transaction().execute((tx) =>
      planExit(tx, keys, {
        positionId: closedBySignal,
        quantity: 'all',
        slots: ['close'],
        reason: 'signal',
        price: 60_000,
        actor: 'test',
      }),
    )
    await untilClosed(closedBySignal)
    await database.query(
      'update monitored_positions set stop_loss = entry_price * 1.2 where position_id = $1',
      [closedByStop],
    )
    await untilClosed(closedByStop)
    const entry = await floor.enter(later, { base: 'BTC', quantity: '0.01' })

    await store.bringBack()
    for (const worker of [hands, eyes]) await worker.until(/"queue-back"/)
    await until(
      async () =>
        (await database.query(`select from orders where id = $1 and state = 'filled'`, [entry])).length === 1,
    )
    for (const [trader, id] of [
      [planned, closedBySignal],
      [watched, closedByStop],
    ] as const)
      expect(await sentOf(trader, id)).toBe(2)
    const backend = await openBackend(store.address)
    const queues = openQueues(backend)
    await until(async () => (await queues.named('monitor').getJobSchedulersCount()) === 4)
    await queues.close()
    await backend.close()
    hands.kill('SIGTERM')
    eyes.kill('SIGTERM')
    for (const worker of [hands, eyes]) expect((await worker.ended).code).toBe(0)
  })
})

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 50))
}
