import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { addBacktest } from '#db/backtests.ts'
import { asTenant, type Db } from '#db/client.ts'
import { beat } from '#db/workers.ts'
import backtest from '#jobs/backtest.ts'
import type { JobContext } from '#jobs/context.ts'
import type { BacktestTerms } from '#src/domain/backtest.ts'
import { mergeSettings } from '#src/domain/trading-settings.ts'
import { openFeeds } from '#src/exchange/feeds.ts'
import type { Outcome } from '#src/queue/job.ts'
import { manualClock } from '#src/simulator/clock.ts'
import { type Simulator, startSimulator } from '#src/simulator/simulator.ts'
import { syntheticTape } from '#src/simulator/tape/synthetic.ts'
import { type TestDatabase, testDatabase } from '../../support/database.ts'
import { addTenant } from '../../support/tenant.ts'

export const nowMs = Date.UTC(2026, 5, 17, 13, 25)
const marketClock = manualClock(nowMs)

/** A database, a simulator with its market's past, and workers that run what is asked for. */
export interface Ground {
  readonly database: TestDatabase
  readonly db: Db
  /** As the web asks. */
  readonly app: Db
  readonly simulator: Simulator
  readonly userId: string
  /** A folder that goes after the file, with the operator's strategies in `strategies`. */
  readonly folder: string
  /** The terms of a run of two days on two symbols, with what differs. */
  terms(change?: Partial<BacktestTerms>): BacktestTerms
  add(change?: Partial<BacktestTerms>, userId?: string): Promise<string>
  /** Runs it as a worker of that name would. */
  run(id: string, options?: { workerId?: string; signal?: AbortSignal; isRetry?: boolean }): Promise<Outcome>
  row(id: string): Promise<Row>
}

interface Row {
  readonly state: string
  readonly reason: string | null
  readonly advice: string | null
  readonly progress: number
  readonly claims: number
  readonly claimed_by: string | null
  readonly notes: readonly string[]
  readonly summary: Record<string, unknown> | null
  readonly trades: readonly object[] | null
  readonly page: Buffer | null
  readonly curve: { readonly times: number[]; readonly account: number[]; readonly hold: number[] } | null
}

/** Opens it for the calling test file. */
export async function openGround(): Promise<Ground> {
  const database = await testDatabase()
  const db = database.db()
  const app = database.db('bullpen_app')
  const simulator = await startSimulator({
    tape: syntheticTape(7, nowMs),
    clock: marketClock,
    enforceLimits: false,
  })
  const folder = mkdtempSync(join(tmpdir(), 'bullpen-asked-'))
  afterAll(async () => {
    await simulator.stop()
    rmSync(folder, { recursive: true, force: true })
  })
  const identity = { id: 'simulator', role: 'simulator', queues: [], host: 'test', pid: 0, version: 'test' }
  const sayAlive = () =>
    beat(db, { ...identity, build: 'test', address: simulator.url }, { rssBytes: 0, loopLagMs: 0 })
  await sayAlive()
  const timer = setInterval(() => void sayAlive().catch(() => {}), 5_000)
  afterAll(() => clearInterval(timer))
  const { userId } = await addTenant(database)
  const feedOf = openFeeds({
    simulatorUrl: async () => simulator.url,
    marketNow: marketClock.marketNow,
    speed: 1,
  })
  const terms: Ground['terms'] = (change = {}) => ({
    exchange: 'binance',
    market: 'spot',
    mode: 'paper',
    quote: 'USDT',
    symbols: ['BTC/USDT', 'ETH/USDT'],
    timeframe: '5m',
    from: '2026-06-14T00:00:00Z',
    to: '2026-06-16T00:00:00Z',
    strategy: 'smart-entry',
    parameters: {},
    fee: null,
    slippage: 0,
    capital: 10_000,
    fundingRate: 0,
    settings: mergeSettings({ market: change.market ?? 'spot' }),
    ...change,
  })
  return {
    database,
    db,
    simulator,
    userId,
    folder,
    terms,
    app,
    add: (change, owner = userId) =>
      asTenant(app, owner, (tx) => addBacktest(tx, { userId: owner, name: 'mine', terms: terms(change) })),
    run(id, { workerId = 'worker', signal = new AbortController().signal, isRetry = false } = {}) {
      const context = {
        db,
        workerId,
        feedOf,
        config: { strategiesDir: join(folder, 'strategies'), mlWeights: join(folder, 'no-weights.json') },
        log: { info() {}, warn() {}, error() {} },
      } as unknown as JobContext
      return backtest.run({ backtestId: id }, context, { signal, isRetry })
    },
    async row(id) {
      const [row] = await database.query<Row & Record<string, unknown>>(
        'select * from backtests where id = $1',
        [id],
      )
      if (!row) throw new Error(`there is no backtest ${id}`)
      return row
    },
  }
}
