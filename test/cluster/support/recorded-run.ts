import { randomUUID } from 'node:crypto'
import { pino } from 'pino'
import type { Account } from '#db/accounts.ts'
import { recordSignal } from '#db/signals.ts'
import { saveSettings } from '#db/trading-settings.ts'
import type { JobContext } from '#jobs/context.ts'
import { jobs } from '#jobs/index.ts'
import { openPaperAccount } from '#src/accounts/connect.ts'
import { type ConnectedConfig, readConfig } from '#src/config.ts'
import { cycleEveryMs } from '#src/domain/profiles.ts'
import type { UserSettingsPatch } from '#src/domain/settings.ts'
import type { SignalAction } from '#src/domain/signal.ts'
import { type FeedPlace, openFeeds } from '#src/exchange/feeds.ts'
import { createGateway } from '#src/exchange/gateway.ts'
import type { MarketFeed } from '#src/exchange/market-feed.ts'
import { openBackend } from '#src/queue/backend.ts'
import { monitorPositions, queueNames, reconcileAccount, tradingCycle } from '#src/queue/contracts.ts'
import { enqueueOn } from '#src/queue/enqueue.ts'
import { openQueues } from '#src/queue/queues.ts'
import { work } from '#src/queue/work.ts'
import { liveStrategies } from '#src/signals/strategies/live.ts'
import { manualClock } from '#src/simulator/clock.ts'
import { startSimulator } from '#src/simulator/simulator.ts'
import type { Tape } from '#src/simulator/tape/tape.ts'
import { keyRing } from '#src/vault/key-ring.ts'
import { noAlertDesk } from '#test/support/alert-desk.ts'
import { queueAddress } from '../../support/backends.ts'
import { testDatabase } from '../../support/database.ts'
import { type RecordedAccount, recordOf, settingsOf } from './recorded-account.ts'

const secretKey = 'a key for tests, of thirty-two bytes or more'

/** A signal that somebody's webhook says at a moment of the run. */
export interface SpokenSignal {
  readonly atMs: number
  readonly market: 'spot' | 'futures'
  readonly base: string
  readonly action: SignalAction
  readonly confidence: number
}

/** What is recorded: paper accounts on a tape from a moment to another. */
export interface RunWish {
  readonly queueOn: 'postgres' | 'redis'
  readonly tape: Tape
  readonly startMs: number
  readonly endMs: number
  /** Market time between two looks of the monitor: 5 s at speed 1; at speed 20 and above a second of wall time. */
  readonly speed: number
  readonly capital: number
  /** What its user sets, for each account that takes part. */
  readonly settings: Readonly<Partial<Record<'spot' | 'futures', UserSettingsPatch>>>
  readonly signals: readonly SpokenSignal[]
}

/**
 * Lets the cluster trade on a tape and gives what it recorded: the simulator, real workers on a real queue, real PostgreSQL.
 * The market's clock goes on by one interval of the monitor when everything that the last one asked for is done, so the
 * run is the same on a slow machine as on a fast one: each tick first the monitor looks, then the users whose turn it is
 * are cycled.
 */
export async function recordRun(wish: RunWish): Promise<RecordedAccount[]> {
  const { tape, startMs, endMs, speed } = wish
  const tickMs = Math.max(5_000, 1_000 * speed)
  const database = await testDatabase()
  const db = database.db()
  const clock = manualClock(startMs)
  const simulator = await startSimulator({ tape, clock, enforceLimits: false })
  const backend = await openBackend(await queueAddress(wish.queueOn))
  const queues = openQueues(backend)
  for (const queue of queues.all()) await queue.obliterate({ force: true })
  const simulatorUrl = async () => simulator.url
  const keys = keyRing(secretKey)
  const config: ConnectedConfig = {
    ...readConfig({ MONITOR_SHARDS: '1' }),
    replaySpeed: speed,
    databaseUrl: database.url,
    queueUrl: database.url,
    simulatorUrl: simulator.url,
    secretKey,
  }
  const gateway = createGateway({ db, keys, simulatorUrl })
  const open = () => openFeeds({ simulatorUrl, marketNow: clock.marketNow, speed })
  const lasting = open()
  // Prices are kept for a second of wall time, in which this market may go on by a tick: each tick asks anew.
  let fresh = open()
  const feedOf = (place: FeedPlace): MarketFeed => ({
    ...lasting(place),
    prices: () => fresh(place).prices(),
  })
  const context: JobContext = {
    db,
    config,
    clock,
    keys,
    gateway,
    log: pino({ level: 'silent' }),
    enqueue: enqueueOn(queues),
    workerId: 'test',
    feedOf,
    alertDesk: noAlertDesk,
    strategies: liveStrategies(undefined),
    setupFilter: () => ({ weights: undefined }),
  }
  const workers = queueNames.map((name) =>
    work(backend, name, jobs, context, context.log, { concurrency: 4 }),
  )

  async function close(): Promise<void> {
    await Promise.all(workers.map((worker) => worker.close()))
    await queues.close()
    await backend.close()
    await gateway.close()
    await simulator.stop()
  }

  /** Until every job is done and no order is on its way. */
  async function settle(): Promise<void> {
    for (;;) {
      const counts = await Promise.all(
        queues.all().map((queue) => queue.getJobCountByTypes('waiting', 'active', 'prioritized', 'delayed')),
      )
      if (counts.every((count) => count === 0) && (await underWay()) === 0) return
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  }

  async function underWay(): Promise<number> {
    const [row] = await database.query<{ n: number }>(
      `select count(*)::int n from orders
       where state not in ('filled', 'canceled', 'rejected', 'abandoned')
         and not (purpose = 'stop' and state = 'open' and cancel_requested_at is null)`,
    )
    return row?.n ?? 0
  }

  async function openAccount(market: 'spot' | 'futures', settings: UserSettingsPatch): Promise<Account> {
    const userId = randomUUID()
    await database.query(
      `insert into auth."user" (id, name, email, "emailVerified") values ($1, $2, $2 || '@example.test', true)`,
      [userId, market],
    )
    await saveSettings(db, userId, null, settings)
    const wanted = { userId, name: market, exchange: 'binance', market, quote: 'USDT' } as const
    return openPaperAccount({ db, keys, simulatorUrl }, wanted, { USDT: String(wish.capital) })
  }

  async function say({ market, base, action, confidence, atMs }: SpokenSignal): Promise<void> {
    const account = accounts.find((one) => one.market === market)
    if (account === undefined) throw new Error(`nobody trades on ${market}`)
    await recordSignal(db, {
      source: 'webhook:parity',
      symbol: `${base}/USDT`,
      userId: account.userId,
      action,
      confidence,
      reasoning: '',
      details: {},
      price: tape.priceAt(`${base}/USDT`, atMs),
      saidAtMs: atMs,
      expiresAtMs: atMs + 3_600_000,
    })
  }

  const accounts: Account[] = []
  try {
    for (const market of ['spot', 'futures'] as const) {
      const settings = wish.settings[market]
      if (settings !== undefined) accounts.push(await openAccount(market, settings))
    }
    const cycled = await Promise.all(
      accounts.map(async (account) => ({
        account,
        everyMs: cycleEveryMs[(await settingsOf(db, account)).profile],
      })),
    )
    const signals = wish.signals.toSorted((a, b) => a.atMs - b.atMs)
    for (let said = 0, nowMs = startMs; nowMs <= endMs; nowMs += tickMs) {
      for (; (signals[said]?.atMs ?? endMs) < nowMs; said++) await say(signals[said] as SpokenSignal)
      clock.advance(nowMs - clock.marketNow())
      simulator.settle()
      fresh = open()
      await context.enqueue(monitorPositions, { shard: 0 })
      await settle()
      for (const { account, everyMs } of cycled)
        if ((nowMs - startMs) % Math.max(tickMs, everyMs) === 0) {
          await context.enqueue(tradingCycle, { userId: account.userId })
          await settle()
        }
      if ((nowMs - startMs) % 300_000 === 0) {
        for (const { id } of accounts) await context.enqueue(reconcileAccount, { accountId: id })
        await settle()
      }
    }
    return await Promise.all(
      accounts.map((account) => recordOf({ database, db, simulator, feed: feedOf(account) }, account)),
    )
  } finally {
    await close()
  }
}
