import { afterAll, expect, test } from 'vitest'
import { openFeeds } from '#src/exchange/feeds.ts'
import type { MarketFeed } from '#src/exchange/market-feed.ts'
import { manualClock } from '#src/simulator/clock.ts'
import { startSimulator } from '#src/simulator/simulator.ts'
import { syntheticTape } from '#src/simulator/tape/synthetic.ts'
import { correlationsOf, numbersOf, safetyOf } from '#src/trading/market-numbers.ts'
import { minuteMs, tapeOf } from '../simulator/support/market.ts'
import { venueStub } from '../support/venue-stub.ts'

const hourMs = 3_600_000
/** Half past an hour: the last candle of 1 h is forming. */
const now = Date.UTC(2026, 5, 17, 13, 30)
const clock = manualClock(now)
const long = await startSimulator({ tape: syntheticTape(7, now), clock })
/** 40 flat minutes: no hour has closed but one. */
const short = await startSimulator({ tape: tapeOf([]), clock: manualClock(Date.UTC(2025, 0, 1, 0, 39)) })
afterAll(() => Promise.all([long.stop(), short.stop()]))

function feedAt(url: string, marketNow: () => number = clock.marketNow): MarketFeed {
  const feedOf = openFeeds({ simulatorUrl: async () => url, marketNow, speed: 1 })
  return feedOf({ exchange: 'binance', market: 'spot', mode: 'paper' })
}

test('candles that cannot be had throw: nothing is decided on a guess', async () => {
  const stub = await venueStub(long.url)
  stub.answer = (path) => (path.includes('/klines') ? { status: 503, body: '' } : undefined)
  const feed = feedAt(stub.url)
  await expect(numbersOf(feed, 'BTC/USDT', 95_000, now)).rejects.toThrow('/api/v3/klines')
  await expect(safetyOf(feed, 'BTC/USDT', now)).rejects.toThrow('HTTP 503')
  await expect(correlationsOf(feed, 'BTC/USDT', ['ETH/USDT'], now)).rejects.toThrow('HTTP 503')
  await expect(numbersOf(feed, 'PEPE/USDT', 1, now)).rejects.toThrow('PEPE/USDT is not listed')
})

test('too short a history is null and unknown, not a number', async () => {
  const shortNow = Date.UTC(2025, 0, 1) + 39 * minuteMs
  const feed = feedAt(short.url, () => shortNow)
  expect(await numbersOf(feed, 'BTC/USDT', 50_000, shortNow)).toEqual({
    symbol: 'BTC/USDT',
    price: 50_000,
    dailyVolatility: null,
    atr: null,
    regime: 'unknown',
  })
  expect(await safetyOf(feed, 'BTC/USDT', shortNow)).toBeUndefined()
  expect(await correlationsOf(feed, 'BTC/USDT', ['ETH/USDT'], shortNow)).toEqual({})
})

test('safety is not known where its symbol is not listed', async () => {
  expect(await safetyOf(feedAt(long.url), 'PEPE/USDT', now)).toBeUndefined()
})

test('nothing is asked for an account that holds nothing', async () => {
  const stub = await venueStub(long.url)
  expect(await correlationsOf(feedAt(stub.url), 'BTC/USDT', [], now)).toEqual({})
  expect(stub.asked).toEqual([])
})

test('each correlation is that of the closed hours: 1 with itself, the same both ways, once a symbol', async () => {
  const feed = feedAt(long.url)
  const others = ['ETH/USDT', 'LTC/USDT', 'ETH/USDT', 'BTC/USDT']
  const ofBtc = await correlationsOf(feed, 'BTC/USDT', others, now)
  expect(Object.keys(ofBtc).sort()).toEqual(['BTC/USDT', 'ETH/USDT', 'LTC/USDT'])
  expect(ofBtc['BTC/USDT']).toBe(1)
  for (const other of ['ETH/USDT', 'LTC/USDT']) {
    const back = await correlationsOf(feed, other, ['BTC/USDT'], now)
    expect(back['BTC/USDT']).toBeCloseTo(ofBtc[other] ?? Number.NaN, 12)
    expect(Math.abs(ofBtc[other] ?? 0)).toBeLessThan(1)
  }
})

test('within an hour the forming candle changes nothing; the hour that closes does', async () => {
  const read = async () => {
    const feed = feedAt(long.url)
    const at = clock.marketNow()
    return {
      numbers: await numbersOf(feed, 'SOL/USDT', 100, at),
      safety: await safetyOf(feed, 'BTC/USDT', at),
      correlations: await correlationsOf(feed, 'SOL/USDT', ['ETH/USDT'], at),
    }
  }
  const half = await read()
  expect(half.numbers.dailyVolatility).toBeGreaterThan(0)
  expect(half.numbers.atr).toBeGreaterThan(0)
  expect(half.numbers.regime).not.toBe('unknown')
  expect(half.safety).toBeDefined()
  clock.advance(hourMs / 2 - 1)
  expect(await read()).toEqual(half)
  clock.advance(1)
  const closed = await read()
  expect(closed.numbers).not.toEqual(half.numbers)
  expect(closed.safety).not.toEqual(half.safety)
  expect(closed.correlations).not.toEqual(half.correlations)
})
