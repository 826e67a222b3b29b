import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import type { Db } from '#db/client.ts'
import { liveSignalsFor } from '#db/signals.ts'
import { type Timeframe, timeframeMs } from '#src/domain/candle.ts'
import { defaultTrustedSources, type SignalAction } from '#src/domain/signal.ts'
import { openFeeds } from '#src/exchange/feeds.ts'
import type { MarketFeed } from '#src/exchange/market-feed.ts'
import { type MarketReader, readContext } from '#src/signals/context.ts'
import { fetchFrom } from '#src/signals/fetch.ts'
import { type SignalSource, sources } from '#src/signals/sources.ts'
import { manualClock } from '#src/simulator/clock.ts'
import { startSimulator } from '#src/simulator/simulator.ts'
import { syntheticTape } from '#src/simulator/tape/synthetic.ts'
import { type TestDatabase, testDatabase } from '../support/database.ts'
import { venueStub } from '../support/venue-stub.ts'

const startMs = Date.UTC(2026, 5, 17, 13, 27, 41)
const clock = manualClock(startMs)
const simulator = await startSimulator({ tape: syntheticTape(7, startMs), clock, enforceLimits: false })
afterAll(() => simulator.stop())
const somebody = '00000000-0000-4000-8000-000000000000'

let database: TestDatabase
let db: Db
beforeEach(async () => {
  database = await testDatabase()
  db = database.db()
})

function feedAt(url: string): MarketFeed {
  const feedOf = openFeeds({ simulatorUrl: async () => url, marketNow: clock.marketNow, speed: 1 })
  return feedOf({ exchange: 'binance', market: 'spot', mode: 'paper' })
}

/** A source that says what it is told to; undefined for nothing. */
function saying(what: () => { action: SignalAction; confidence: number } | undefined): SignalSource {
  return {
    name: 'strategy:told',
    everyMs: 20_000,
    appetite: { '5m': 3 },
    look({ symbol, forming }) {
      const said = what()
      return said && { signal: { symbol, reasoning: 'told', ...said }, details: { forming } }
    },
  }
}

interface Row {
  readonly id: string
  readonly symbol: string
  readonly action: string
  readonly is_over: boolean
  readonly lives_ms: number
  readonly created_ms: number
}

/** Every signal of the database, oldest first; `lives_ms` counts from when it was last said. */
function rows(): Promise<Row[]> {
  return database.query<Row & Record<string, unknown>>(
    `select id, symbol, action, ended_at is not null as is_over,
       (extract(epoch from expires_at - renewed_at) * 1000)::float8 as lives_ms,
       (extract(epoch from created_at) * 1000)::float8 as created_ms
     from trading_signals order by created_at, symbol`,
  )
}

const now = (leastLifeMs = 0) => ({ marketNowMs: clock.marketNow(), leastLifeMs })

test('a symbol that cannot be read, or whose signal cannot be stored, is told and harms no other', async () => {
  const stub = await venueStub(simulator.url)
  stub.answer = (path) => (path.includes('symbol=ETHUSDT') ? { status: 500, body: 'boom' } : undefined)
  const source: SignalSource = {
    ...saying(() => undefined),
    look: ({ symbol }) => ({
      signal: { symbol, action: 'BUY', reasoning: '', confidence: symbol === 'XRP/USDT' ? 2 : 0.5 },
      details: {},
    }),
  }
  const symbols = ['ETH/USDT', 'PEPE/USDT', 'XRP/USDT', 'BTC/USDT', 'SOL/USDT']
  const fetched = await fetchFrom(source, symbols, feedAt(stub.url), db, now())
  expect(fetched).toEqual({
    said: 2,
    isNew: 2,
    missed: [
      { symbol: 'ETH/USDT', reason: expect.stringMatching(/^\/api\/v3\/klines .*HTTP 500 boom$/) },
      { symbol: 'PEPE/USDT', reason: 'PEPE/USDT is not listed' },
      { symbol: 'XRP/USDT', reason: expect.stringContaining('confidence') },
    ],
  })
  expect((await rows()).map(({ symbol }) => symbol)).toEqual(['BTC/USDT', 'SOL/USDT'])
})

test('a source that throws, or has nothing to say, leaves nothing', async () => {
  const thrower: SignalSource = {
    ...saying(() => undefined),
    look() {
      throw new Error('divided by nothing')
    },
  }
  const feed = feedAt(simulator.url)
  expect(await fetchFrom(thrower, ['BTC/USDT'], feed, db, now())).toEqual({
    said: 0,
    isNew: 0,
    missed: [{ symbol: 'BTC/USDT', reason: 'divided by nothing' }],
  })
  const silent = await fetchFrom(
    saying(() => undefined),
    ['BTC/USDT'],
    feed,
    db,
    now(),
  )
  expect(silent).toEqual({ said: 0, isNew: 0, missed: [] })
  expect(await rows()).toEqual([])
})

test('a HOLD is recorded, ends the wish before it, and nobody acts on it', async () => {
  const feed = feedAt(simulator.url)
  let action: SignalAction = 'BUY'
  const source = saying(() => ({ action, confidence: 0.5 }))
  const fetch = () => fetchFrom(source, ['BTC/USDT'], feed, db, now())
  expect(await fetch()).toMatchObject({ said: 1, isNew: 1 })
  clock.advance(1_000)
  action = 'HOLD'
  expect(await fetch()).toMatchObject({ said: 1, isNew: 1 })
  expect((await rows()).map(({ action, is_over }) => [action, is_over])).toEqual([
    ['BUY', true],
    ['HOLD', false],
  ])
  expect(await liveSignalsFor(db, somebody, clock.marketNow())).toEqual([])
})

describe('the life of a signal', () => {
  test('is three intervals of its source, and longer where a wall second is many of the market', async () => {
    const feed = feedAt(simulator.url)
    const source = saying(() => ({ action: 'BUY', confidence: 0.5 }))
    const lives: number[] = []
    for (const [index, leastLifeMs] of [0, 59_999, 60_001, 3_000 * 600].entries()) {
      await fetchFrom(
        source,
        [['BTC/USDT', 'ETH/USDT', 'SOL/USDT', 'XRP/USDT'][index] ?? ''],
        feed,
        db,
        now(leastLifeMs),
      )
      clock.advance(1_000)
    }
    for (const { lives_ms } of await rows()) lives.push(lives_ms)
    expect(lives).toEqual([60_000, 60_000, 60_001, 1_800_000])
  })

  test.each([
    ['smart_entry', 45_000],
    ['COUNCIL_V2.0_FALLBACK', 180_000],
  ])('of %s is %i ms', async (name, lifeMs) => {
    const source: SignalSource = {
      ...(sources[name] as SignalSource),
      look: saying(() => ({ action: 'BUY', confidence: 0.5 })).look,
    }
    await fetchFrom(source, ['BTC/USDT'], feedAt(simulator.url), db, now())
    expect(await rows()).toEqual([expect.objectContaining({ lives_ms: lifeMs })])
  })

  test('begins anew each time it is said, keeps its birth, and ends six hours after it', async () => {
    const feed = feedAt(simulator.url)
    const source = saying(() => ({ action: 'SELL', confidence: 0.5 }))
    const fetch = () => fetchFrom(source, ['BTC/USDT'], feed, db, now(3_600_000))
    await fetch()
    const [born] = await rows()
    for (let hour = 0; hour < 11; hour += 1) {
      clock.advance(1_790_000)
      expect(await fetch()).toMatchObject({ said: 1, isNew: 0 })
    }
    const [renewed] = await rows()
    expect(renewed).toMatchObject({ id: born?.id, created_ms: born?.created_ms })
    const end = (born?.created_ms ?? 0) + 6 * 3_600_000
    expect(clock.marketNow() + (renewed?.lives_ms ?? 0)).toBe(end)
    clock.advance(end - clock.marketNow())
    expect(await liveSignalsFor(db, somebody, clock.marketNow())).toEqual([])
    expect(await fetch()).toMatchObject({ said: 1, isNew: 1 })
    expect((await rows()).map(({ is_over }) => is_over)).toEqual([true, false])
  })
})

describe('what a source reads', () => {
  const appetite = { '5m': 4, '1h': 3, '1d': 2 } as const
  const lengths = Object.keys(appetite) as (keyof typeof appetite)[]

  test('marks the candle that is forming, until its time is over', async () => {
    const toClose = timeframeMs['5m'] - (clock.marketNow() % timeframeMs['5m'])
    for (const ms of [0, toClose - 1, 1, 1]) {
      clock.advance(ms)
      const context = await readContext(feedAt(simulator.url), 'BTC/USDT', appetite, clock.marketNow())
      expect(context.forming).toEqual(lengths)
      for (const length of lengths) {
        const last = context.candles[length]?.at(-1)
        expect(context.candles[length]).toHaveLength(appetite[length] + 1) // closed ones, and the forming one
        expect(clock.marketNow() - (last?.openTimeMs ?? 0)).toBeLessThan(timeframeMs[length])
      }
    }
  })

  test('marks no candle that is over, and none that is not there', async () => {
    const day = Date.UTC(2026, 0, 1)
    const candle = (openTimeMs: number) => ({ openTimeMs, open: 1, high: 1, low: 1, close: 1, volume: 1 })
    const lists: Partial<Record<Timeframe, number>> = {
      '5m': day - timeframeMs['5m'],
      '1h': day - timeframeMs['1h'] + 1,
    }
    const market: MarketReader = {
      spread: async () => undefined,
      async candles(_, timeframe) {
        const openTimeMs = lists[timeframe]
        return openTimeMs === undefined ? [] : [candle(openTimeMs)]
      },
    }
    const context = await readContext(market, 'BTC/USDT', appetite, day)
    expect(context.forming).toEqual(['1h'])
    expect(context.candles['1d']).toEqual([])
    expect('spread' in context).toBe(false)
  })

  test('has the spread of both sides of the book, and none when one is empty', async () => {
    const read = async (url: string) =>
      (await readContext(feedAt(url), 'BTC/USDT', {}, clock.marketNow())).spread
    expect(await read(simulator.url)).toBeGreaterThan(0)
    const books = (await (
      await fetch(new URL('/api/v3/ticker/bookTicker', simulator.url))
    ).json()) as object[]
    const stub = await venueStub(simulator.url)
    stub.answer = (path) =>
      path.endsWith('bookTicker')
        ? { body: JSON.stringify(books.map((book) => ({ ...book, bidPrice: '0.00000000' }))) }
        : undefined
    expect(await read(stub.url)).toBeUndefined()
  })
})

test('the sources of the program are trusted by default, and each says something of every coin with its numbers', async () => {
  expect(Object.keys(sources).filter((name) => !defaultTrustedSources.includes(name))).toEqual([])
  const feed = feedAt(simulator.url)
  const symbols = await feed.symbols()
  for (const [name, source] of Object.entries(sources)) {
    expect(source.name).toBe(name)
    expect(await fetchFrom(source, symbols, feed, db, now())).toEqual({
      said: symbols.length,
      isNew: symbols.length,
      missed: [],
    })
  }
  const stored = await database.query<{
    source: string
    details: object
    reasoning: string
    confidence: number
  }>('select source, details, reasoning, confidence from trading_signals')
  expect(stored).toHaveLength(2 * symbols.length)
  for (const { source, details, reasoning, confidence } of stored) {
    expect(Object.keys(details).sort()).toEqual(
      source === 'smart_entry' ? ['levels', 'parts', 'patterns', 'score'] : ['score', 'votes'],
    )
    expect(reasoning).not.toBe('')
    expect(confidence).toBeGreaterThanOrEqual(0)
    expect(confidence).toBeLessThanOrEqual(1)
  }
  expect(
    sources.smart_entry?.look({ symbol: 'BTC/USDT', nowMs: 0, candles: {}, forming: [] }),
  ).toBeUndefined()
})
