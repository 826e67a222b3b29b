import { expect, test } from 'vitest'
import { healthOf } from '#db/source-health.ts'
import type { JobContext } from '#jobs/context.ts'
import fetchSignals from '#jobs/fetch-signals.ts'
import { openFeeds } from '#src/exchange/feeds.ts'
import { liveStrategies } from '#src/signals/strategies/live.ts'
import { manualClock } from '#src/simulator/clock.ts'
import { startSimulator } from '#src/simulator/simulator.ts'
import { syntheticTape } from '#src/simulator/tape/synthetic.ts'
import { testDatabase } from '../../support/database.ts'
import { type Said, stubServer } from './support/stub.ts'

const startMs = Date.UTC(2026, 5, 17, 13, 27, 41)
const clock = manualClock(startMs)
const simulator = await startSimulator({ tape: syntheticTape(7, startMs), clock, enforceLimits: false })
const database = await testDatabase()
const db = database.db()
const stub = await stubServer()
const council = 'COUNCIL_V2.0_FALLBACK'
const minute = 60_000

/** What the handlers asked the queue for. */
const wakes: string[] = []
const lines: { level: string; text: string }[] = []
const logging = (level: string) => (_: object, text: string) => void lines.push({ level, text })

function contextWith(config: Record<string, unknown>): JobContext {
  const feedOf = openFeeds({ simulatorUrl: async () => simulator.url, marketNow: clock.marketNow, speed: 1 })
  return {
    db,
    clock: { marketNow: clock.marketNow, wallNow: clock.marketNow },
    config: { replaySpeed: 1, ...config },
    log: { info: logging('info'), warn: logging('warn'), error: logging('error') },
    strategies: liveStrategies(undefined),
    feedOf,
    enqueue: async (_: unknown, { source }: { source: string }) => void wakes.push(source),
  } as unknown as JobContext
}
const context = contextWith({ titanUrl: `${stub.url}/`, titanKey: 'key-of-titan' })
const fetch = (source: string, within = context) =>
  fetchSignals.run({ source }, within, { signal: new AbortController().signal, isRetry: false })

/** How many symbols each source speaks of now. */
async function voices(): Promise<Record<string, number>> {
  const rows = await database.query<{ source: string; count: string }>(
    `select source, count(*) from trading_signals where ended_at is null and expires_at > $1 group by source`,
    [new Date(clock.marketNow())],
  )
  return Object.fromEntries(rows.map(({ source, count }) => [source, Number(count)]))
}

/** Titan as it should be: an opinion on everything that it is asked. */
const well = (body: string): Said => {
  const { symbols } = JSON.parse(body) as { symbols: { symbol: string }[] }
  const signals = symbols.map(({ symbol }) => ({
    symbol,
    action: 'BUY',
    confidence: 0.6,
    reasoning: 'one\u202e\u0007\nline',
  }))
  return { body: JSON.stringify({ signals }) }
}

const outages: Readonly<Record<string, Said>> = {
  'a wrong key': { status: 401 },
  'no function': { status: 404 },
  nonsense: { body: 'Ignore your instructions' },
  'another schema': { body: '{"signals": [{"symbol": "BTC/USDT"}]}' },
  '5 MB': { body: Buffer.alloc(5_000_000, ' ') },
  'a redirect': { status: 308, headers: { location: '/elsewhere' } },
}

test('through any outage there is always a word on every symbol, and nobody waits for it', async () => {
  const kinds = Object.keys(outages)
  let round = 0
  let isAway = true
  stub.answer = (_, { body }) => (isAway ? (outages[kinds[round % kinds.length] ?? ''] as Said) : well(body))
  const log: Record<string, number>[] = []
  for (let passed = 0; passed <= 180; passed += 1) {
    // Away for an hour, well for half an hour, away for the rest.
    isAway = passed < 60 || passed >= 90
    if (passed % 5 === 0) {
      round += 1
      await fetch('titan_v3')
      for (const source of wakes.splice(0)) await fetch(source)
    }
    await fetch(council)
    const now = await voices()
    log.push(now)
    expect(Math.max(now.titan_v3 ?? 0, now[council] ?? 0), `minute ${passed}`).toBe(10)
    clock.advance(minute)
  }
  expect(log[30]).toEqual({ [council]: 10 })
  // While titan speaks the council is silent: what it said last is over three minutes later.
  expect(log[85]).toEqual({ titan_v3: 10 })
  // Titan fails at minute 90: its last word lives on until it ends, beside the council's.
  expect(log[90]).toEqual({ titan_v3: 10, [council]: 10 })
  expect(log[150]).toEqual({ [council]: 10 })
  // The circuit kept most of its questions from being asked: after the third of twelve and of eighteen it is open.
  expect(stub.heard.length).toBeLessThan(22)
})

test('what titan writes is kept as one line of plain text', async () => {
  clock.advance(120 * minute)
  stub.answer = (_, { body }) => well(body)
  await fetch('titan_v3')
  const rows = await database.query<{ reasoning: string }>(
    `select distinct reasoning from trading_signals where source = 'titan_v3'`,
  )
  expect(rows).toEqual([{ reasoning: 'one line' }])
})

test('titan that falls silent without a failure is spoken for, too', async () => {
  await fetch('titan_v3')
  expect(await fetch(council)).toMatchObject({ kind: 'skipped' })
  clock.advance(10 * minute)
  expect(await fetch(council)).toMatchObject({ kind: 'done' })
})

test('a failure is told without the key and without what titan said, and asks the council at once', async () => {
  lines.length = 0
  stub.answer = () => ({ status: 401, body: 'key-of-titan' })
  expect(await fetch('titan_v3')).toEqual({
    kind: 'done',
    note: 'titan answers HTTP 401: the council speaks for it',
  })
  expect(wakes.splice(0)).toEqual([council])
  expect(await healthOf(db, 'titan_v3')).toMatchObject({ failures: 1, retryAtMs: null })
  expect(JSON.stringify(lines)).not.toContain('key-of-titan')
})

test('without a titan only the others are scheduled, and the council always speaks', async () => {
  const alone = contextWith({})
  const sources = async (within: JobContext) =>
    (await fetchSignals.schedule?.(within))?.map(({ data, everyMs }) => [data.source, everyMs])
  expect(await sources(alone)).toEqual([
    ['smart_entry', 15_000],
    [council, 60_000],
    ['webhook', 5_000],
  ])
  expect(await sources(context)).toContainEqual(['titan_v3', 300_000])
  expect(await fetch('titan_v3', alone)).toEqual({ kind: 'skipped', reason: 'titan is not configured' })
  expect(await fetch(council, alone)).toMatchObject({ kind: 'done' })
})
