import { randomUUID } from 'node:crypto'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Account } from '#db/accounts.ts'
import type { Db } from '#db/client.ts'
import { saveSettings } from '#db/trading-settings.ts'
import type { JobContext } from '#jobs/context.ts'
import { jobs } from '#jobs/index.ts'
import { openPaperAccount } from '#src/accounts/connect.ts'
import { type ConnectedConfig, readConfig } from '#src/config.ts'
import { openFeeds } from '#src/exchange/feeds.ts'
import { createGateway } from '#src/exchange/gateway.ts'
import { compareBooks } from '#src/orders/books.ts'
import { openBackend, type QueueBackend } from '#src/queue/backend.ts'
import {
  fetchSignals,
  monitorPositions,
  persistSnapshot,
  queueNames,
  tradingCycle,
} from '#src/queue/contracts.ts'
import { enqueueOn } from '#src/queue/enqueue.ts'
import { openQueues, type Queues } from '#src/queue/queues.ts'
import { work } from '#src/queue/work.ts'
import { liveStrategies } from '#src/signals/strategies/live.ts'
import { type ManualClock, manualClock } from '#src/simulator/clock.ts'
import { type Simulator, startSimulator } from '#src/simulator/simulator.ts'
import { openTape } from '#src/simulator/tape/tape.ts'
import { startTracing, type Tracing } from '#src/tracing.ts'
import { keyRing } from '#src/vault/key-ring.ts'
import { noAlertDesk } from '#test/support/alert-desk.ts'
import { candleLines, newFolder, writeCandles } from '../simulator/support/csv.ts'
import { backendKinds, queueAddress } from '../support/backends.ts'
import { type Collector, openCollector } from '../support/collector.ts'
import { type TestDatabase, testDatabase } from '../support/database.ts'

const minute = 60_000
const startMs = Date.UTC(2026, 2, 23)
const historyMinutes = 1_800
const secretKey = 'a key for tests, of thirty-two bytes or more'

/** Thirty hours that rise ever faster, then ten in which BTC goes up 3.5 % within an hour and falls back. */
function risingTape() {
  const closes: number[] = []
  for (let i = 0; i < historyMinutes; i++) closes.push(50_000 * 1.02 ** ((i / historyMinutes) ** 3))
  const top = closes.at(-1) ?? 0
  for (let i = 1; i <= historyMinutes / 3; i++) {
    const gain = i <= 60 ? (0.035 * i) / 60 : Math.max(-0.05, 0.035 - (0.02 * (i - 60)) / 10)
    closes.push(top * (1 + gain))
  }
  const rows = closes.map((close, i) => {
    const open = closes[i - 1] ?? close
    const round = (price: number) => Math.round(price * 100) / 100
    return [
      round(open),
      round(Math.max(open, close)),
      round(Math.min(open, close)),
      round(close),
      10 + i / 100,
    ]
  })
  const file = writeCandles(newFolder(), 'binance-BTCUSDT-1m-x.csv', candleLines(startMs, minute, rows))
  return openTape(`replay:${file}`, { seed: 0, speed: 1, nowMs: 0 })
}

let collector: Collector
let tracing: Tracing

beforeAll(async () => {
  collector = await openCollector()
  tracing = await startTracing({ endpoint: collector.url, role: 'test', version: 'test' })
})
afterAll(() => tracing.stop())

describe.each(backendKinds)('a trade with its queue on %s', (kind) => {
  let database: TestDatabase
  let db: Db
  let simulator: Simulator
  let backend: QueueBackend
  let queues: Queues
  let clock: ManualClock
  let context: JobContext
  let feeds: ReturnType<typeof openFeeds>
  const accounts: Account[] = []
  const closers: (() => Promise<unknown>)[] = []

  beforeAll(async () => {
    database = await testDatabase()
    db = database.db()
    const tape = risingTape()
    clock = manualClock(tape.startsAt + 4 * minute)
    simulator = await startSimulator({ tape, clock })
    backend = await openBackend(await queueAddress(kind))
    queues = openQueues(backend)
    for (const queue of queues.all()) await queue.obliterate({ force: true })
    const simulatorUrl = async () => simulator.url
    const keys = keyRing(secretKey)
    const config: ConnectedConfig = {
      ...readConfig({ MONITOR_SHARDS: '2' }),
      databaseUrl: database.url,
      queueUrl: database.url,
      simulatorUrl: simulator.url,
      secretKey,
    }
    const gateway = createGateway({ db, keys, simulatorUrl })
    context = {
      db,
      config,
      clock,
      keys,
      gateway,
      log: pino({ level: 'silent' }),
      enqueue: enqueueOn(queues),
      workerId: 'test',
      feedOf: (place) => feeds(place),
      alertDesk: noAlertDesk,
      strategies: liveStrategies(undefined),
      setupFilter: () => ({ weights: undefined }),
    }
    freshPrices()
    const workers = queueNames.map((name) =>
      work(backend, name, jobs, context, context.log, { concurrency: 4 }),
    )
    closers.push(
      ...workers.map((worker) => () => worker.close()),
      () => queues.close(),
      () => backend.close(),
      () => gateway.close(),
      () => simulator.stop(),
    )
    for (const market of ['spot', 'futures'] as const) {
      const userId = await addUser(market)
      await saveSettings(db, userId, null, { profile: market === 'spot' ? 'ase' : 'pro' })
      const wanted = { userId, name: market, exchange: 'binance', market, quote: 'USDT' } as const
      accounts.push(await openPaperAccount({ db, keys, simulatorUrl }, wanted, { USDT: '10000' }))
    }
  })

  afterAll(async () => {
    for (const close of closers) await close()
  })

  /** Prices are kept for a second; after the market has moved, a new feed knows nothing old. */
  function freshPrices(): void {
    feeds = openFeeds({ simulatorUrl: async () => simulator.url, marketNow: clock.marketNow, speed: 1 })
  }

  async function addUser(name: string): Promise<string> {
    const id = randomUUID()
    await database.query(
      `insert into auth."user" (id, name, email, "emailVerified") values ($1, $2, $2 || '@example.test', true)`,
      [id, name],
    )
    return id
  }

  async function watchFor(minutes: number): Promise<void> {
    clock.advance(minutes * minute)
    simulator.settle()
    freshPrices()
    for (const shard of [0, 1]) await context.enqueue(monitorPositions, { shard })
  }

  const count = async (query: string) => Number((await database.query<{ n: string }>(query))[0]?.n)

  test('goes from a signal to closed books, each step by its own job', async () => {
    await context.enqueue(fetchSignals, { source: 'smart_entry' })
    await until(async () => (await count('select count(*) n from trading_signals')) === 1)
    const [signal] = await database.query('select action, source, user_id from trading_signals')
    expect(signal).toEqual({ action: 'BUY', source: 'smart_entry', user_id: null })

    for (const account of accounts) await context.enqueue(tradingCycle, { userId: account.userId })
    await until(async () => (await count(`select count(*) n from positions where state = 'open'`)) === 2)
    expect(await database.query(`select outcome, action from decisions`)).toEqual([
      { outcome: 'taken', action: 'open' },
      { outcome: 'taken', action: 'open' },
    ])

    // Asked again, nobody enters twice on one signal.
    for (const account of accounts) await context.enqueue(tradingCycle, { userId: account.userId })

    await watchFor(25)
    await until(
      async () =>
        (await count(
          `select count(*) n from fills f join orders o on o.id = f.order_id where close_reason = 'partial_tp_1'`,
        )) >= 2,
    )
    await watchFor(20)
    await until(
      async () =>
        (await count(
          `select count(*) n from fills f join orders o on o.id = f.order_id where close_reason = 'partial_tp_2'`,
        )) >= 2,
    )
    await watchFor(15)
    await watchFor(15)
    await until(async () => {
      if ((await count('select count(*) n from trades')) === 2) return true
      await watchFor(1)
      return false
    })

    const trades = await database.query<{ pnl: string; close_reason: string; fees: string }>(
      'select pnl, fees, close_reason from trades',
    )
    for (const trade of trades) {
      expect(trade.close_reason).toBe('trailing_stop')
      expect(Number(trade.fees)).toBeGreaterThan(0)
    }
    expect(await count('select count(*) n from positions')).toBe(2)
    expect(await count(`select count(*) n from orders where purpose = 'entry'`)).toBe(2)
    expect(await count(`select count(*) n from orders where purpose <> 'stop' and state <> 'filled'`)).toBe(0)
    // The futures position had a stop at the venue; when it closed, none was left resting.
    expect(
      await count(`select count(*) n from orders where purpose = 'stop' and venue_order_id is not null`),
    ).toBeGreaterThan(0)
    await until(
      async () =>
        (await count(
          `select count(*) n from orders where state not in ('filled', 'canceled', 'rejected', 'abandoned')`,
        )) === 0,
    )
  })

  test('one trace runs from the signal over the decision to each fill, and each exit begins its own', async () => {
    const traceIdOf = (traceparent: string | null) => traceparent?.split('-')[1]
    const [signal] = await database.query<{ traceparent: string | null }>(
      'select traceparent from trading_signals',
    )
    const traceId = traceIdOf(signal?.traceparent ?? null)
    expect(traceId).toMatch(/^[\da-f]{32}$/)
    const orders = await database.query<{ id: string; purpose: string; traceparent: string | null }>(
      'select id, purpose, traceparent from orders',
    )
    const entries = orders.filter(({ purpose }) => purpose === 'entry')
    expect(entries.map(({ traceparent }) => traceIdOf(traceparent))).toEqual([traceId, traceId])
    const stepsOf = (id: string | undefined) => collector.spans().filter((span) => span.traceId === id)
    for (const step of ['process signals', 'enter', 'send order', 'book fills'])
      await until(
        async () =>
          stepsOf(traceId).filter(({ name }) => name === step).length >= (step === 'process signals' ? 1 : 2),
      )
    const steps = stepsOf(traceId)
    // Every step but the first follows from another one of the same trace.
    const known = new Set(steps.map(({ spanId }) => spanId))
    expect(steps.filter(({ parentSpanId }) => !parentSpanId).map(({ name }) => name)).toEqual([
      'add signals.fetch-signals',
    ])
    for (const { parentSpanId } of steps) if (parentSpanId) expect(known).toContain(parentSpanId)
    for (const exit of orders.filter(({ purpose }) => purpose === 'exit')) {
      const id = traceIdOf(exit.traceparent)
      expect(id).not.toBe(traceId)
      for (const step of ['process monitor', 'send order', 'book fills'])
        await until(async () => stepsOf(id).some(({ name }) => name === step))
    }
  })

  test('leaves books that agree with the simulator to the last decimal', async () => {
    for (const account of accounts) {
      expect(await compareBooks(db, account.id, context.gateway)).toEqual([])
      await context.enqueue(persistSnapshot, { accountId: account.id })
    }
    await until(async () => (await count('select count(*) n from equity_snapshots')) === 2)
    for (const account of accounts) {
      const [row] = await database.query<{ equity: string; pnl: string }>(
        `select equity, (select sum(pnl) from trades where account_id = $1) as pnl from equity_snapshots where account_id = $1`,
        [account.id],
      )
      // On spot a rest of the coin under the lot size stays, worth less than a cent.
      expect(Number(row?.equity) - 10_000).toBeCloseTo(Number(row?.pnl), 1)
    }
  })

  test('one more sweep and one more cycle find nothing left to do', async () => {
    const events = await count('select count(*) n from order_events')
    const before = new Date(
      (await database.query<{ now: Date }>('select clock_timestamp() as now'))[0]?.now ?? 0,
    )
    await watchFor(1)
    for (const account of accounts) await context.enqueue(tradingCycle, { userId: account.userId })
    await until(async () => {
      const swept = await database.query('select from monitor_shards where swept_at > $1', [before])
      const { waiting, active } = await queues.named('trading').getJobCounts('waiting', 'active')
      return swept.length === 2 && waiting === 0 && active === 0
    })
    expect(await count('select count(*) n from order_events')).toBe(events)
  })
})

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 50))
}
