import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eventsOf } from '#db/order-events.ts'
import { orderOrThrow } from '#db/orders.ts'
import type { JobContext } from '#jobs/context.ts'
import { laneOf, wake } from '#jobs/follow.ts'
import { jobs } from '#jobs/index.ts'
import type { OrderState } from '#src/domain/order.ts'
import { approve } from '#src/exchange/order-request.ts'
import { planExit } from '#src/orders/plan.ts'
import { sendOrder } from '#src/orders/send.ts'
import { openBackend } from '#src/queue/backend.ts'
import { placeOrder } from '#src/queue/contracts.ts'
import { enqueueOn, jobOptions } from '#src/queue/enqueue.ts'
import { openQueues } from '#src/queue/queues.ts'
import { work } from '#src/queue/work.ts'
import { liveStrategies } from '#src/signals/strategies/live.ts'
import { apiRate } from '#src/web/api/rate.ts'
import { createApp } from '#src/web/app.ts'
import { listen } from '#src/web/listen.ts'
import { createUser, openSignIn } from '#src/web/sign-in.ts'
import { noAlertDesk } from '#test/support/alert-desk.ts'
import { hasBrowser, launchBrowser } from '../support/browser.ts'
import { keys, openFloor, secretKey, type Trader, venueOrdersOf } from '../support/floor.ts'
import { lossyProxy } from '../support/lossy-proxy.ts'

const password = 'correct horse battery'

/** Each row of the table: an operator presses Bull Board's own button on the failed job of an order in that state. */
describe.skipIf(!hasBrowser)('retry in Bull Board', async () => {
  const floor = await openFloor()
  const { db, database, desk } = floor
  const proxy = await lossyProxy(floor.simulator.url)
  floor.route.url = proxy.url
  const backend = await openBackend({ postgresUrl: database.url })
  const queues = openQueues(backend)
  const context: JobContext = {
    ...desk,
    enqueue: enqueueOn(queues),
    alertDesk: noAlertDesk,
    strategies: liveStrategies(undefined),
    setupFilter: () => ({ weights: undefined }),
    config: { ...desk.config, trustedSources: [] } as unknown as JobContext['config'],
  }
  const workers = ['orders-binance', 'exits-binance'].map((name) =>
    work(backend, name, jobs, context, desk.log, { concurrency: 2 }),
  )
  let origin: string
  let browser: Browser
  let page: Page
  const closers: (() => Promise<unknown>)[] = []

  beforeAll(async () => {
    const app = database.db('bullpen_app')
    const web = createApp({
      db: app,
      signIn: openSignIn({
        db: app,
        secretKey,
        publicUrl: 'http://localhost',
        isPublicUrlFixed: false,
        signup: 'invite',
        log: desk.log,
      }),
      queues: queues.all(),
      enqueue: enqueueOn(queues),
      log: desk.log,
      readiness: async () => [],
      market: { kind: 'synthetic', speed: 1 },
      hooks: { keys, wake: async () => {} },
      publicUrl: undefined,
      apiRate,
      trustProxy: false,
      dashboard: () => undefined,
      failure: () => undefined,
    })
    const server = await listen(web.handler, 0)
    origin = `http://127.0.0.1:${server.port}`
    closers.push(async () => web.close(), server.close)
    await createUser(app, { name: 'Ada', email: 'ada@example.test', password, role: 'admin' })
    browser = await launchBrowser()
    const browsing = await browser.newContext({ viewport: { width: 1366, height: 900 } })
    await browsing.request.post(`${origin}/api/auth/sign-in/email`, {
      headers: { origin },
      data: { email: 'ada@example.test', password },
    })
    page = await browsing.newPage()
  }, 60_000)

  afterAll(async () => {
    await browser?.close()
    await Promise.all(workers.map((worker) => worker.close()))
    for (const close of closers) await close()
    await queues.close()
    await backend.close()
  })

  /** A failed job of an order: its venue was away at its last attempt. */
  async function failJob(orderId: string): Promise<void> {
    const order = await orderOrThrow(db, orderId)
    await proxy.shut()
    try {
      const data = { orderId, ...laneOf(order) }
      const options = { ...jobOptions(placeOrder), attempts: 1, jobId: `order-${orderId}-w0` }
      await queues.named(placeOrder.queue(data)).add(placeOrder.name, data, options)
      await untilJob(orderId, 'failed')
    } finally {
      await proxy.reopen()
    }
  }

  async function untilJob(orderId: string, state: 'failed' | 'gone'): Promise<void> {
    const order = await orderOrThrow(db, orderId)
    const queue = queues.named(order.purpose === 'entry' ? 'orders-binance' : 'exits-binance')
    for (let tries = 0; tries < 600; tries += 1) {
      const found = (await queue.getJob(`order-${orderId}-w0`)) ?? undefined
      const now = found ? await found.getState() : 'gone'
      if (now === state && (state === 'gone' || found?.finishedOn)) return
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    throw new Error(`the job of order ${orderId} is not ${state}`)
  }

  /** Presses the button of the order's failed job. */
  async function press(orderId: string): Promise<void> {
    await open(orderId)
    // Its icons have no names: the first of the job's own is retry.
    const own = page.getByText(`order-${orderId}-w0`).locator('xpath=ancestor::*[.//button][1]')
    await own.locator('button').first().click()
    await page.getByRole('button', { name: 'Confirm' }).click()
  }

  async function open(orderId: string): Promise<void> {
    const { purpose } = await orderOrThrow(db, orderId)
    const lane = purpose === 'entry' ? 'orders' : 'exits'
    await page.goto(`${origin}/ops/queues/queue/${lane}-binance/order-${orderId}-w0?status=failed`)
    await page.getByText(`order-${orderId}-w0`).first().waitFor()
  }

  /** Moves an order on behind its job's back, as another worker does. */
  async function move(orderId: string, ...states: OrderState[]): Promise<void> {
    for (const state of states)
      await database.query(
        `update orders set state = $2, sent_at = coalesce(sent_at, now()), lease_until = now() - interval '1 second' where id = $1`,
        [orderId, state],
      )
  }

  const entry = (trader: Trader, base = 'ETH') =>
    floor.enter(trader, { base, quantity: '1', signalLeftMs: 600_000 })
  const sentTo = async (trader: Trader, orderId: string) =>
    venueOrdersOf(floor, trader, await orderOrThrow(db, orderId)).length

  test('planned: it takes the normal claim and is sent', async () => {
    const trader = await floor.trader({ market: 'spot' })
    const orderId = await entry(trader)
    await failJob(orderId)
    await press(orderId)
    await untilJob(orderId, 'gone')
    expect(await orderOrThrow(db, orderId)).toMatchObject({ state: 'filled' })
    expect(await sentTo(trader, orderId)).toBe(1)
  })

  test.each(['submitting', 'unknown'] as const)('%s: it is looked up, and never sent', async (state) => {
    const trader = await floor.trader({ market: 'spot' })
    const orderId = await entry(trader)
    await failJob(orderId)
    await move(
      orderId,
      ...(state === 'unknown' ? (['submitting', 'unknown'] as const) : (['submitting'] as const)),
    )
    await press(orderId)
    await untilJob(orderId, 'gone')
    expect(await orderOrThrow(db, orderId)).toMatchObject({ state: 'unknown' })
    expect(await sentTo(trader, orderId)).toBe(0)
  })

  test('canceling: the venue says what became of it', async () => {
    const trader = await floor.trader({ market: 'spot' })
    const orderId = await floor.enter(trader, { base: 'ETH', quantity: '1', limitAt: 0.97 })
    await failJob(orderId)
    await sendOrder(desk, orderId)
    const venue = await floor.gateway.account(trader.account.id)
    await venue.cancelOrder(await orderOrThrow(db, orderId))
    await move(orderId, 'canceling')
    await press(orderId)
    await untilJob(orderId, 'gone')
    expect(await orderOrThrow(db, orderId)).toMatchObject({ state: 'canceled' })
  })

  test.each([
    { limitAt: 0.97, state: 'open' },
    { limitAt: undefined, state: 'filled' },
  ] as const)('$state: already done', async ({ limitAt, state }) => {
    const trader = await floor.trader({ market: 'spot' })
    const wish = { base: 'ETH', quantity: '1', ...(limitAt !== undefined && { limitAt }) }
    const orderId = await floor.enter(trader, wish)
    await failJob(orderId)
    expect(await sendOrder(desk, orderId)).toMatchObject({ state })
    const before = (await eventsOf(db, orderId)).length
    await press(orderId)
    await untilJob(orderId, 'gone')
    expect(await orderOrThrow(db, orderId)).toMatchObject({ state })
    expect(await eventsOf(db, orderId)).toHaveLength(before)
    expect(await sentTo(trader, orderId)).toBe(1)
  })

  /** What a user does by hand in the venue's own app. */
  async function byHand(trader: Trader, side: 'buy' | 'sell', quantity: string): Promise<void> {
    const venue = await floor.gateway.account(trader.account.id)
    const order = { symbol: 'SOL/USDT:USDT', side, type: 'market', quantity, isReduceOnly: false } as const
    const clientOrderId = `by-hand-${side}`
    await venue.placeOrder(
      approve({ ...order, clientOrderId }, { wallMs: Date.now(), monotonicMs: performance.now() }),
    )
  }

  /** A close that the venue refuses: its user has closed the position by hand. */
  async function refusedClose(trader: Trader): Promise<{ orderId: string; positionId: string }> {
    const entryId = await floor.enter(trader, { base: 'SOL', quantity: '10' })
    await sendOrder(desk, entryId)
    const { positionId } = await orderOrThrow(db, entryId)
    await byHand(trader, 'sell', '10')
    const close = { positionId, slots: ['close'], reason: 'stop_loss', price: 100, actor: 'test' } as const
    const orderId = await db.transaction().execute((tx) => planExit(tx, keys, { ...close, quantity: 'all' }))
    if (orderId === undefined) throw new Error('the close was not planned')
    await wake(context.enqueue, await orderOrThrow(db, orderId), 0)
    await untilJob(orderId, 'failed')
    return { orderId, positionId }
  }

  test('rejected: the job says why, what the venue answered and what helps; retry plans and sends attempt 2', async () => {
    const trader = await floor.trader({ market: 'futures' })
    const { orderId, positionId } = await refusedClose(trader)
    expect(await orderOrThrow(db, orderId)).toMatchObject({ state: 'rejected' })
    await open(orderId)
    await page.getByText('Logs').first().click()
    await page
      .getByText('What happened: binance refused the market order to sell 10 SOL/USDT')
      .first()
      .waitFor()
    await page
      .getByText(/The venue answered: .*-2022/)
      .first()
      .waitFor()
    await page
      .getByText(/What to do: \w+/)
      .first()
      .waitFor()
    if (process.env.BULLPEN_SCREENSHOTS)
      await page.screenshot({ path: `${process.env.BULLPEN_SCREENSHOTS}/failed-job.png`, fullPage: true })

    await byHand(trader, 'buy', '10')
    await database.query(`update orders set ended_at = ended_at - interval '1 minute' where id = $1`, [
      orderId,
    ])
    await press(orderId)
    await untilJob(orderId, 'gone')
    const [second] = await database.query<{ id: string; attempt: number }>(
      `select id, attempt from orders where position_id = $1 and purpose = 'exit' and id <> $2 order by planned_at limit 1`,
      [positionId, orderId],
    )
    expect(second).toMatchObject({ attempt: 2 })
    await untilJob(second?.id ?? '', 'gone')
    expect(await orderOrThrow(db, second?.id ?? '')).toMatchObject({ state: 'filled' })
  })

  test('rejected, and not wanted any more: it stays failed and says why', async () => {
    const trader = await floor.trader({ market: 'spot', balances: { USDT: '10' } })
    const orderId = await entry(trader, 'BTC')
    await wake(context.enqueue, await orderOrThrow(db, orderId), 0)
    await untilJob(orderId, 'failed')
    await database.query(
      `update trading_signals set ended_at = now() where id =
        (select signal_id from positions join orders on orders.position_id = positions.id where orders.id = $1)`,
      [orderId],
    )
    await press(orderId)
    await reads(orderId, 'it is rejected, and was not tried again: its signal has ended')
  })

  test('not_at_venue: it may be tried again as a refused one may', async () => {
    const trader = await floor.trader({ market: 'spot' })
    const orderId = await entry(trader)
    await failJob(orderId)
    await move(orderId, 'submitting', 'unknown')
    // The proof is its own test's matter.
    await database.query('alter table orders disable trigger user')
    await move(orderId, 'not_at_venue')
    await database.query('alter table orders enable trigger user')
    await database.query(
      `update positions set state = 'void' where id = (select position_id from orders where id = $1)`,
      [orderId],
    )
    await press(orderId)
    await reads(orderId, 'it is not_at_venue, and was not tried again: trusted_source')
  })

  test.each(['abandoned', 'manual'] as const)('%s: refused, saying why', async (state) => {
    const trader = await floor.trader({ market: 'spot' })
    const orderId = await entry(trader)
    await failJob(orderId)
    await move(
      orderId,
      ...(state === 'manual' ? (['submitting', 'unknown', 'manual'] as const) : (['abandoned'] as const)),
    )
    await press(orderId)
    await reads(orderId, `it is ${state}: `)
    expect(await sentTo(trader, orderId)).toBe(0)
  })

  /** Waits until the failed job reads so on the board. */
  async function reads(orderId: string, reason: string): Promise<void> {
    const { purpose } = await orderOrThrow(db, orderId)
    const queue = queues.named(purpose === 'entry' ? 'orders-binance' : 'exits-binance')
    await expect
      .poll(async () => (await queue.getJob(`order-${orderId}-w0`))?.failedReason, { timeout: 20_000 })
      .toContain(reason)
    await open(orderId)
    await page.getByText(reason).first().waitFor()
  }
})
