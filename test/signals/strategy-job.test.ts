import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, onTestFinished, test } from 'vitest'
import { healthOf } from '#db/source-health.ts'
import { describedStrategies } from '#db/strategies.ts'
import type { JobContext } from '#jobs/context.ts'
import fetchSignals from '#jobs/fetch-signals.ts'
import { Ema } from '#src/domain/market/ema.ts'
import { openFeeds } from '#src/exchange/feeds.ts'
import { liveStrategies } from '#src/signals/strategies/live.ts'
import { manualClock } from '#src/simulator/clock.ts'
import { startSimulator } from '#src/simulator/simulator.ts'
import { syntheticTape } from '#src/simulator/tape/synthetic.ts'
import { testDatabase } from '../support/database.ts'

const fiveMs = 300_000
const startMs = Date.UTC(2026, 5, 17, 13, 25)
const clock = manualClock(startMs + 7_000)
const simulator = await startSimulator({ tape: syntheticTape(7, startMs), clock, enforceLimits: false })
const database = await testDatabase()
const db = database.db()

const folder = mkdtempSync(join(tmpdir(), 'bullpen-strategies-'))
const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
writeFileSync(
  join(folder, 'ma-cross.ts'),
  /```ts\n(import \{ defineStrategy[\s\S]*?)```/.exec(readme)?.[1] ?? '',
)
writeFileSync(join(folder, 'ma-cross.json'), '{"fast": 3, "slow": 7}')
writeFileSync(join(folder, 'broken.ts'), 'throw new Error("not today")')

const strategies = liveStrategies(folder, { loadMs: 60_000, lookMs: 30_000, memoryMb: 256 })
const feed = openFeeds({ simulatorUrl: async () => simulator.url, marketNow: clock.marketNow, speed: 1 })
afterAll(async () => {
  strategies.stop()
  await simulator.stop()
  rmSync(folder, { recursive: true, force: true })
})

const told: object[] = []
const context = {
  db,
  clock: { marketNow: clock.marketNow, wallNow: clock.marketNow },
  config: { replaySpeed: 1 },
  log: { info() {}, warn() {}, error: (what: object) => void told.push(what) },
  workerId: 'test',
  strategies,
  feedOf: feed,
} as unknown as JobContext
const fetch = (source: string, isRetry = false, within = context) =>
  fetchSignals.run({ source }, within, { signal: new AbortController().signal, isRetry })

test('a strategy of the folder is a source of its own: it says live what it says over recorded candles', async () => {
  const scheduled = await fetchSignals.schedule?.(context)
  expect(scheduled).toContainEqual({
    key: 'fetch-strategy:ma-cross',
    data: { source: 'strategy:ma-cross' },
    everyMs: 15_000,
  })
  for (let i = 0; i < 40; i++) {
    expect(await fetch('strategy:ma-cross')).toEqual({ kind: 'done' })
    clock.advance(fiveMs)
  }
  expect(await describedStrategies(db)).toMatchObject([
    {
      source: 'strategy:ma-cross',
      timeframe: '5m',
      parameters: [
        { name: 'fast', value: 3, about: 'candles of the fast average (2–200, default 9)' },
        { name: 'slow', value: 7, about: 'candles of the slow average (2–200, default 21)' },
      ],
    },
  ])
  const live = await database.query<{ symbol: string; action: string; at: string }>(
    `select symbol, action, (extract(epoch from created_at) * 1000)::bigint as at from trading_signals
     where source = 'strategy:ma-cross' order by created_at, symbol`,
  )
  const market = feed({ exchange: 'binance', market: 'spot', mode: 'paper' })
  const recorded: { symbol: string; action: string; at: string }[] = []
  const untilMs = startMs + 39 * fiveMs
  for (const symbol of await market.topByVolume(10)) {
    const [fast, slow] = [new Ema(3), new Ema(7)]
    let before = 0
    for (const { openTimeMs, close } of (await market.candles(symbol, '5m', 900)).slice(0, -1)) {
      const [gap, atMs] = [fast.next(close) - slow.next(close), openTimeMs + fiveMs]
      const side = Math.sign(gap)
      if (side !== before && atMs > startMs && atMs <= untilMs)
        recorded.push({ symbol, action: side > 0 ? 'BUY' : 'SELL', at: String(atMs) })
      before = side
    }
  }
  const sorted = recorded.sort((a, b) => Number(a.at) - Number(b.at) || a.symbol.localeCompare(b.symbol))
  expect(live.filter(({ at }) => Number(at) > startMs)).toEqual(sorted)
  expect(sorted.length).toBeGreaterThan(10)
})

test('one that fails is told once, on the board, in the log and in the audit, and harms no other', async () => {
  expect(await fetch('strategy:broken')).toEqual({
    kind: 'failed',
    reason: expect.stringMatching(/^strategy:broken is paused: .*cannot be loaded: not today/),
    advice: 'it goes on when its file changes, or when this job is retried',
  })
  expect(await fetch('strategy:broken')).toMatchObject({ kind: 'skipped' })
  expect(told).toEqual([{ source: 'strategy:broken', reason: expect.stringMatching(/not today/) }])
  const rows = await database.query(`select action, target from audit_log`)
  expect(rows).toEqual([{ action: 'strategy-paused', target: 'strategy:broken' }])
  expect(await fetch('strategy:ma-cross')).toEqual({ kind: 'done' })
  expect(await fetch('strategy:nobody')).toEqual({
    kind: 'skipped',
    reason: 'this build has no source strategy:nobody',
  })
})

test('a retry of the failed job lets it go on, here and on every other worker; a scheduled run does not', async () => {
  const switchFile = join(folder, 'switch.txt')
  writeFileSync(
    join(folder, 'moody.ts'),
    `import { existsSync } from 'node:fs'
import { defineStrategy, z } from 'bullpen/strategy'
if (existsSync(${JSON.stringify(switchFile)})) throw new Error('the disk is full')
export default defineStrategy({ name: 'moody', timeframe: '5m', warmup: 3, parameters: z.object({}), onCandle: () => undefined })`,
  )
  const others = liveStrategies(folder, { loadMs: 60_000, lookMs: 30_000, memoryMb: 256 })
  onTestFinished(() => others.stop())
  const otherWorker = { ...context, strategies: others }
  const moody = 'strategy:moody'
  const health = () => healthOf(db, moody)

  writeFileSync(switchFile, '')
  expect(await fetch(moody)).toMatchObject({ kind: 'failed' })
  expect(await fetch(moody, false, otherWorker)).toMatchObject({ kind: 'failed' })
  expect(await fetch(moody, true)).toMatchObject({ kind: 'failed' })
  expect(await health()).toMatchObject({ failures: 3 })

  rmSync(switchFile)
  expect(await fetch(moody)).toMatchObject({ kind: 'skipped' })
  expect(await fetch(moody, false, otherWorker)).toMatchObject({ kind: 'skipped' })
  expect(await fetch(moody, true)).toEqual({ kind: 'done' })
  expect(await health()).toMatchObject({ failures: 0, answeredAtMs: clock.marketNow() })
  expect(await fetch(moody)).toEqual({ kind: 'done' })
  expect(await fetch(moody, false, otherWorker)).toEqual({ kind: 'done' })
})
