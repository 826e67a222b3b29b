import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { orderOrThrow } from '#db/orders.ts'
import type { JobContext } from '#jobs/context.ts'
import { laneOf } from '#jobs/follow.ts'
import { jobs } from '#jobs/index.ts'
import { retryById } from '#src/cli/retry.ts'
import type { OrderState } from '#src/domain/order.ts'
import { approve } from '#src/exchange/order-request.ts'
import { planExit } from '#src/orders/plan.ts'
import { sendOrder } from '#src/orders/send.ts'
import { openBackend } from '#src/queue/backend.ts'
import { placeOrder } from '#src/queue/contracts.ts'
import { enqueueOn, jobOptions } from '#src/queue/enqueue.ts'
import { openQueues } from '#src/queue/queues.ts'
import { type AtWork, work } from '#src/queue/work.ts'
import { liveStrategies } from '#src/signals/strategies/live.ts'
import { noAlertDesk } from '#test/support/alert-desk.ts'
import { backendKinds, queueAddress } from '../support/backends.ts'
import { commandLine } from '../support/command.ts'
import { keys, openFloor, secretKey, type Trader, venueOrdersOf } from '../support/floor.ts'
import { losableStore } from '../support/losable-store.ts'
import { lossyProxy } from '../support/lossy-proxy.ts'

const floor = await openFloor()
const { db, database, desk } = floor
const proxy = await lossyProxy(floor.simulator.url)
floor.route.url = proxy.url
const patientMs = 60_000

/** Moves an order on behind its job's back, as another worker does. */
async function move(orderId: string, ...states: OrderState[]): Promise<void> {
  // The proof of absence is its own test's matter.
  await database.query('alter table orders disable trigger user')
  for (const state of states)
    await database.query(
      `update orders set state = $2, sent_at = coalesce(sent_at, now()), lease_until = now() - interval '1 second' where id = $1`,
      [orderId, state],
    )
  await database.query('alter table orders enable trigger user')
}

const entry = (trader: Trader, base = 'ETH') =>
  floor.enter(trader, { base, quantity: '1', signalLeftMs: 600_000 })
const sentTo = async (trader: Trader, orderId: string) =>
  venueOrdersOf(floor, trader, await orderOrThrow(db, orderId)).length

describe.each(backendKinds)('with the queue on %s, bullpen retry', async (kind) => {
  const backend = await openBackend(await queueAddress(kind))
  const queues = openQueues(backend)
  const context: JobContext = {
    ...desk,
    enqueue: enqueueOn(queues),
    alertDesk: noAlertDesk,
    strategies: liveStrategies(undefined),
    setupFilter: () => ({ weights: undefined }),
    config: { ...desk.config, trustedSources: [] } as unknown as JobContext['config'],
  }
  const retry = (id: string) => retryById(db, queues, id, patientMs)
  let workers: AtWork[] = []
  beforeAll(async () => {
    for (const queue of queues.all()) await queue.obliterate({ force: true })
    workers = ['orders-binance', 'exits-binance'].map((name) =>
      work(backend, name, jobs, context, desk.log, { concurrency: 2 }),
    )
  })
  afterAll(async () => {
    await Promise.all(workers.map((worker) => worker.close()))
    await queues.close()
    await backend.close()
  })

  test('planned: takes the normal claim and is sent by a worker, and is written into the audit log', async () => {
    const trader = await floor.trader({ market: 'spot' })
    const orderId = await entry(trader)
    expect(await retry(orderId)).toMatchObject({ orderId, state: 'filled', outcome: { kind: 'done' } })
    expect(await sentTo(trader, orderId)).toBe(1)
    expect(
      await database.query(
        `select actor, user_id from audit_log where action = 'order.retry' and target = $1`,
        [orderId],
      ),
    ).toEqual([{ actor: 'command line', user_id: trader.account.userId }])
  })

  test('planned under a halt: is abandoned, and says why', async () => {
    const trader = await floor.trader({ market: 'spot' })
    const orderId = await entry(trader)
    const halt = `update halts set mode = $2, reason = 'a drill' where scope = 'account' and key = $1`
    await database.query(halt, [trader.account.id, 'no_entries'])
    const { state, outcome } = await retry(orderId)
    expect(state).toBe('abandoned')
    expect(outcome).toMatchObject({ kind: 'failed', reason: expect.stringContaining('a drill') })
    expect(await sentTo(trader, orderId)).toBe(0)
  })

  test.each(['submitting', 'unknown'] as const)('%s: is looked up, and never sent', async (state) => {
    const trader = await floor.trader({ market: 'spot' })
    const orderId = await entry(trader)
    await move(orderId, state)
    expect(await retry(orderId)).toMatchObject({ state: 'unknown', outcome: { kind: 'skipped' } })
    expect(await sentTo(trader, orderId)).toBe(0)
  })

  test('canceling: the venue says what became of it', async () => {
    const trader = await floor.trader({ market: 'spot' })
    const orderId = await floor.enter(trader, { base: 'ETH', quantity: '1', limitAt: 0.97 })
    await sendOrder(desk, orderId)
    await (await floor.gateway.account(trader.account.id)).cancelOrder(await orderOrThrow(db, orderId))
    await move(orderId, 'canceling')
    expect(await retry(orderId)).toMatchObject({ state: 'canceled' })
  })

  test.each([
    { limitAt: 0.97, state: 'open' },
    { limitAt: undefined, state: 'filled' },
    { limitAt: 0.97, state: 'partially_filled' },
    { limitAt: 0.97, state: 'canceled' },
  ] as const)('$state: already done', async ({ limitAt, state }) => {
    const trader = await floor.trader({ market: 'spot' })
    const orderId = await floor.enter(trader, {
      base: 'ETH',
      quantity: '1',
      ...(limitAt !== undefined && { limitAt }),
    })
    await sendOrder(desk, orderId)
    if ((await orderOrThrow(db, orderId)).state !== state) await move(orderId, state)
    expect(await retry(orderId)).toMatchObject({
      state,
      outcome: { kind: 'skipped', reason: 'already done' },
    })
    expect(await sentTo(trader, orderId)).toBe(1)
  })

  /** A close that the venue refuses: its user has closed the position by hand, and opened it again since. */
  async function refusedClose(trader: Trader): Promise<string> {
    const symbol = 'SOL/USDT:USDT'
    const venue = await floor.gateway.account(trader.account.id)
    const byHand = (side: 'buy' | 'sell') =>
      venue.placeOrder(
        approve(
          { symbol, side, type: 'market', quantity: '10', isReduceOnly: false, clientOrderId: randomUUID() },
          { wallMs: Date.now(), monotonicMs: performance.now() },
        ),
      )
    const entryId = await floor.enter(trader, { base: 'SOL', quantity: '10' })
    await sendOrder(desk, entryId)
    const { positionId } = await orderOrThrow(db, entryId)
    await byHand('sell')
    const close = { positionId, slots: ['close'], reason: 'stop_loss', price: 100, actor: 'test' } as const
    const orderId = await db.transaction().execute((tx) => planExit(tx, keys, { ...close, quantity: 'all' }))
    expect(await sendOrder(desk, orderId ?? '')).toMatchObject({ state: 'rejected' })
    await byHand('buy')
    await database.query(`update orders set ended_at = ended_at - interval '1 minute' where id = $1`, [
      orderId,
    ])
    return orderId ?? ''
  }

  test('rejected: attempt 2 is planned and sent, and asked again there is nothing to be done', async () => {
    const trader = await floor.trader({ market: 'futures' })
    const orderId = await refusedClose(trader)
    const { outcome } = await retry(orderId)
    expect(outcome).toMatchObject({ kind: 'done', note: expect.stringContaining('attempt 2 is planned') })
    const { positionId } = await orderOrThrow(db, orderId)
    const exits = () =>
      database.query<{ state: string; attempt: number }>(
        `select state, attempt from orders where position_id = $1 and purpose = 'exit' order by attempt`,
        [positionId],
      )
    await expect
      .poll(exits, { timeout: patientMs })
      .toMatchObject([{ state: 'rejected' }, { state: 'filled' }])
    expect(await retry(orderId)).toMatchObject({
      outcome: { kind: 'failed', reason: expect.stringContaining('its position is closed') },
    })
    expect(await exits()).toHaveLength(2)
  })

  test.each(['rejected', 'not_at_venue'] as const)('%s, and not wanted any more: says why', async (state) => {
    const trader = await floor.trader({ market: 'spot' })
    const orderId = await entry(trader)
    await move(orderId, state)
    await database.query(
      `update trading_signals set ended_at = now() where id =
        (select signal_id from positions join orders on orders.position_id = positions.id where orders.id = $1)`,
      [orderId],
    )
    expect(await retry(orderId)).toMatchObject({
      state,
      outcome: { kind: 'failed', reason: expect.stringContaining('its signal has ended') },
    })
  })

  test.each(['abandoned', 'manual'] as const)('%s: refuses, saying why', async (state) => {
    const trader = await floor.trader({ market: 'spot' })
    const orderId = await entry(trader)
    await move(orderId, state)
    expect(await retry(orderId)).toMatchObject({
      state,
      outcome: { kind: 'failed', reason: expect.stringContaining(`it is ${state}: `) },
    })
    expect(await sentTo(trader, orderId)).toBe(0)
  })

  test('a failed job may be named too, and goes off the board when its order is done', async () => {
    const trader = await floor.trader({ market: 'spot' })
    const orderId = await entry(trader)
    const queue = queues.named('orders-binance')
    const jobId = 'one-whose-venue-was-away'
    await proxy.shut()
    const data = { orderId, ...laneOf(await orderOrThrow(db, orderId)) }
    await queue.add(placeOrder.name, data, { ...jobOptions(placeOrder), attempts: 1, jobId })
    await expect.poll(() => queue.getJobState(jobId), { timeout: patientMs }).toBe('failed')
    expect(await retry(jobId)).toMatchObject({ state: 'planned', outcome: { kind: 'failed' } })
    expect(await queue.getJobState(jobId)).toBe('unknown')
    expect(await queue.getFailedCount()).toBeGreaterThan(0)
    await proxy.reopen()
    expect(await retry(orderId)).toMatchObject({ state: 'filled', outcome: { kind: 'done' } })
    const left = (await queue.getFailed()).filter((job) => job.data.orderId === orderId)
    expect(left).toEqual([])
  })

  test('without a worker it waits, and is not done by whoever asked', async () => {
    for (const worker of workers) await worker.pause()
    const trader = await floor.trader({ market: 'spot' })
    const orderId = await entry(trader)
    expect(await retryById(db, queues, orderId, 300)).toMatchObject({
      state: 'planned',
      outcome: { kind: 'waiting' },
    })
    for (const worker of workers) void worker.resume()
    await expect
      .poll(async () => (await orderOrThrow(db, orderId)).state, { timeout: patientMs })
      .toBe('filled')
  })

  test('nobody knows such an order', async () => {
    const id = randomUUID()
    await expect(retry(id)).rejects.toThrow(`there is no order ${id}, and no job of that id is about one`)
  })
})

test('a queue that cannot be reached is said in one line, and nothing is tried', async () => {
  const trader = await floor.trader({ market: 'spot' })
  const orderId = await entry(trader)
  const store = await losableStore(backendKinds.includes('redis') ? 'redis' : 'postgres')
  await store.lose()
  const bullpen = commandLine({
    DATABASE_URL: database.url,
    SECRET_KEY: secretKey,
    ...('redisUrl' in store.address && { REDIS_URL: store.address.redisUrl }),
    ...('postgresUrl' in store.address && { BULLPEN_QUEUE_URL: store.address.postgresUrl }),
  })
  const { code, stdout, stderr } = await bullpen(['retry', orderId])
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
  expect(stderr).toMatch(/^the queue cannot be reached, so nothing was tried again \(.*\): .*\n$/)
  expect(await orderOrThrow(db, orderId)).toMatchObject({ state: 'planned' })
  expect(await sentTo(trader, orderId)).toBe(0)
})
