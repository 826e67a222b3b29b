import { afterAll, expect, test } from 'vitest'
import { asTenant } from '#db/client.ts'
import { storeDelivery } from '#db/webhook-deliveries.ts'
import { addWebhook, type OwnWebhook } from '#db/webhooks.ts'
import type { JobContext } from '#jobs/context.ts'
import fetchSignals from '#jobs/fetch-signals.ts'
import type { SignalDraft } from '#src/domain/signal.ts'
import { openFeeds } from '#src/exchange/feeds.ts'
import type { Enqueue } from '#src/queue/enqueue.ts'
import { liveStrategies } from '#src/signals/strategies/live.ts'
import { manualClock } from '#src/simulator/clock.ts'
import { startSimulator } from '#src/simulator/simulator.ts'
import { syntheticTape } from '#src/simulator/tape/synthetic.ts'
import { testDatabase } from '../support/database.ts'
import { addTenant } from '../support/tenant.ts'

const startMs = Date.UTC(2026, 5, 17, 13, 27, 41)
const clock = manualClock(startMs)
const simulator = await startSimulator({ tape: syntheticTape(7, startMs), clock, enforceLimits: false })
afterAll(() => simulator.stop())
const database = await testDatabase()
const app = database.db('bullpen_app')
const { userId } = await addTenant(database)
let url: string | undefined = simulator.url

const asked: { job: string; data: unknown; jobId: string | undefined }[] = []
const enqueue: Enqueue = async ({ name }, data, { jobId } = {}) => void asked.push({ job: name, data, jobId })

const context = {
  db: database.db(),
  clock,
  config: { replaySpeed: 1 },
  log: { info: () => {}, warn: () => {}, error: () => {} },
  strategies: liveStrategies(undefined),
  enqueue,
  feedOf: openFeeds({ simulatorUrl: async () => url, marketNow: clock.marketNow, speed: 1 }),
} as unknown as JobContext
const run = () =>
  fetchSignals.run({ source: 'webhook' }, context, { signal: new AbortController().signal, isRetry: false })

const webhook = (await asTenant(app, userId, (tx) =>
  addWebhook(tx, {
    userId,
    name: 'chart',
    kind: 'generic',
    isSigned: false,
    isForEveryone: false,
    tokenDigest: Buffer.alloc(32, 1),
  }),
)) as OwnWebhook

async function arrive(key: string, wish: Partial<SignalDraft> = {}): Promise<void> {
  const whole = { symbol: 'BTC/USDT', action: 'BUY' as const, confidence: 0.7, reasoning: '', ...wish }
  await asTenant(app, userId, (tx) =>
    storeDelivery(tx, webhook, { body: '{}', digest: Buffer.alloc(32, 2), key, wish: whole }),
  )
}

const states = () => database.query(`select key, state, reason from webhook_deliveries order by key`)

const liveSignal = async (symbol: string) => {
  const [row] = await database.query<{ id: string }>(
    `select id from trading_signals where symbol = $1 and ended_at is null`,
    [symbol],
  )
  return row?.id
}

test('what waits while no market can be read is taken once it can', async () => {
  await arrive('a')
  url = undefined
  await expect(run()).rejects.toThrow('no simulator is alive')
  expect(await states()).toEqual([{ key: 'a', state: 'received', reason: null }])
  url = simulator.url
  expect(await run()).toEqual({ kind: 'done' })
  expect(await states()).toEqual([{ key: 'a', state: 'taken', reason: null }])
})

test('a new signal wakes the cycle of its user, once; a repeat of it, a HOLD and a refusal wake nobody', async () => {
  expect(asked.splice(0)).toEqual([
    { job: 'trading-cycle', data: { userId }, jobId: `cycle-${userId}-${await liveSignal('BTC/USDT')}` },
  ])
  await arrive('a again')
  await arrive('a hold', { symbol: 'SOL/USDT', action: 'HOLD' })
  await arrive('a stranger', { symbol: 'NONE/USDT' })
  await run()
  expect(asked).toEqual([])

  await arrive('a third', { symbol: 'XRP/USDT' })
  await arrive('a fourth', { symbol: 'BNB/USDT' })
  await run()
  expect(asked.splice(0)).toEqual([
    { job: 'trading-cycle', data: { userId }, jobId: `cycle-${userId}-${await liveSignal('BNB/USDT')}` },
  ])
  await database.query('delete from webhook_deliveries')
  await database.query(`delete from trading_signals where symbol <> 'BTC/USDT'`)
})

test('a later delivery of another mind ends the signal before it, in the order in which they came', async () => {
  clock.advance(1_000)
  await arrive('b', { action: 'SELL' })
  await arrive('c', { symbol: 'ETH/USDT' })
  await arrive('d', { symbol: 'NONE/USDT' })
  await run()
  clock.advance(1_000)
  await arrive('e', { symbol: 'ETH/USDT', action: 'HOLD' })
  await run()
  const rows = await database.query(
    `select symbol, action, ended_at is not null as is_over from trading_signals order by created_at, symbol`,
  )
  expect(rows).toEqual([
    { symbol: 'BTC/USDT', action: 'BUY', is_over: true },
    { symbol: 'BTC/USDT', action: 'SELL', is_over: false },
    { symbol: 'ETH/USDT', action: 'BUY', is_over: true },
    { symbol: 'ETH/USDT', action: 'HOLD', is_over: false },
  ])
  expect(await states()).toContainEqual({
    key: 'd',
    state: 'refused',
    reason: 'NONE/USDT is not listed where signals are priced',
  })
})

test('two workers at once take a delivery once', async () => {
  for (const key of ['f', 'g', 'h']) await arrive(key)
  await Promise.all([run(), run(), run()])
  await run()
  const [{ count } = { count: '' }] = await database.query<{ count: string }>(
    `select count(*) from trading_signals where action = 'BUY' and symbol = 'BTC/USDT' and ended_at is null`,
  )
  expect(count).toBe('1')
  expect((await states()).filter(({ state }) => state === 'received')).toEqual([])
})

test('nothing that waits costs no question to the market', async () => {
  url = undefined
  expect(await run()).toEqual({ kind: 'done' })
})
