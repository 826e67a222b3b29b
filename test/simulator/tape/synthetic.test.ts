import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Timeframe, timeframeMs } from '#src/candles/timeframe.ts'
import { aggregate, type Candle } from '#src/simulator/tape/candle.ts'
import { openTape } from '#src/simulator/tape/tape.ts'
import { correlation, statisticsOf } from '../support/candle-statistics.ts'

const now = Date.UTC(2026, 5, 17, 13, 27, 41, 500)
const open = (seed: number) => openTape('synthetic', { seed, speed: 1, nowMs: now })
const tape = open(7)
const symbols = tape.listings.map(({ symbol }) => symbol)

test('a market outside the tape and a time before the synthetic world are errors that say so', () => {
  expect(() => tape.priceAt('PEPE/USDT', now)).toThrow('the synthetic market has no PEPE/USDT')
  expect(() => tape.priceAt('BTC/USDT', Date.UTC(2019, 0, 1))).toThrow(
    'the synthetic market begins on 2020-01-01',
  )
})

test('candles before the synthetic world are not there', () => {
  const early = tape.candles('BTC/USDT', { timeframe: '1d', fromMs: 0, limit: 3 }, now)
  expect(early.map(({ time }) => new Date(time).toISOString().slice(0, 10))).toEqual([
    '2020-01-01',
    '2020-01-02',
    '2020-01-03',
  ])
})

test('the same seed gives the same prices in another process, whatever was asked before; another seed does not', () => {
  const other = open(7)
  other.candles('BTC/USDT', { timeframe: '1h', limit: 300 }, now)
  const times = Array.from({ length: 50 }, (_, k) => now - k * 7_777_777)
  const pricesOf = (of: typeof tape) =>
    symbols.flatMap((symbol) => times.map((time) => of.priceAt(symbol, time)))
  const same = pricesOf(tape)
  expect(pricesOf(other)).toEqual(same)
  const different = pricesOf(open(8)).filter((price, index) => price !== same[index])
  expect(different.length).toBeGreaterThan(490)
})

test('what is history now was the future before, and stays what it was', () => {
  const later = tape.candles('SOL/USDT', { timeframe: '5m', toMs: now, limit: 100 }, now + 86_400_000)
  const then = tape.candles('SOL/USDT', { timeframe: '5m', limit: 100 }, now)
  expect(later.slice(0, -1)).toEqual(then.slice(0, -1))
})

describe('every timeframe is the aggregate of every finer one, the forming candle included', () => {
  const pairs: [Timeframe, Timeframe][] = [
    ['1m', '3m'],
    ['1m', '5m'],
    ['5m', '15m'],
    ['5m', '1h'],
    ['1m', '1h'],
    ['1h', '4h'],
    ['15m', '4h'],
    ['1h', '1d'],
  ]
  test.each(pairs)('%s into %s', (fine, coarse) => {
    for (const symbol of ['BTC/USDT', 'DOGE/USDT', 'LTC/USDT']) {
      const fromMs = Math.floor(now / timeframeMs[coarse] - 6) * timeframeMs[coarse]
      const coarser = tape.candles(symbol, { timeframe: coarse, fromMs, limit: 1000 }, now)
      const finer = tape.candles(symbol, { timeframe: fine, fromMs, limit: 10_000 }, now)
      expect(rounded(aggregate(finer, timeframeMs[coarse]))).toEqual(rounded(coarser))
      expect(coarser).toHaveLength(7)
    }
  })
})

test('seconds touch the high and the low of their minute, start at its open and end at its close', () => {
  for (const symbol of symbols) {
    const minutes = tape.candles(symbol, { timeframe: '1m', limit: 120 }, now).slice(0, -1)
    for (const minute of minutes) {
      const points = [...tape.pointsBetween(symbol, minute.time - 1, minute.time + 59_999)].map(
        ({ price }) => price,
      )
      expect(points).toHaveLength(60)
      expect({
        open: points[0],
        high: Math.max(...points),
        low: Math.min(...points),
        close: points[59],
      }).toEqual({ open: minute.open, high: minute.high, low: minute.low, close: minute.close })
    }
  }
})

test('a candle opens where the one before closed, contains its open and close, and has volume', () => {
  for (const symbol of symbols) {
    for (const timeframe of ['1m', '5m', '1h', '1d'] as const) {
      const candles = tape.candles(symbol, { timeframe, limit: 240 }, now)
      expect(candles).toHaveLength(240)
      for (const [index, { time, open, high, low, close, volume }] of candles.entries()) {
        expect(low).toBeGreaterThan(0)
        expect(high).toBeGreaterThanOrEqual(Math.max(open, close))
        expect(low).toBeLessThanOrEqual(Math.min(open, close))
        expect(volume).toBeGreaterThan(0)
        const before = candles[index - 1]
        if (before !== undefined) {
          expect(open).toBe(before.close)
          expect(time).toBe(before.time + timeframeMs[timeframe])
        }
      }
    }
  }
})

test('the points between two times are the same however the time is cut', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 400_000 }), { minLength: 2, maxLength: 8 }), (offsets) => {
      const cuts = [...offsets].sort((a, b) => a - b).map((offset) => now - 500_000 + offset)
      const [first, last] = [cuts[0] as number, cuts.at(-1) as number]
      const whole = [...tape.pointsBetween('ETH/USDT', first, last)]
      const parts = cuts
        .slice(1)
        .flatMap((cut, index) => [...tape.pointsBetween('ETH/USDT', cuts[index] as number, cut)])
      expect(parts).toEqual(whole)
      for (const { time, price } of whole) expect(tape.priceAt('ETH/USDT', time)).toBe(price)
    }),
    { numRuns: 60 },
  )
})

describe.each([1, 42, 1234])('seed %i moves like a market', (seed) => {
  const market = open(seed)
  const hours = new Map(
    symbols.map((symbol) => [symbol, market.candles(symbol, { timeframe: '1h', limit: 6000 }, now)]),
  )

  test('hours are volatile, fat-tailed and clustered, and do not foretell each other', () => {
    for (const [symbol, candles] of hours) {
      const found = statisticsOf(candles, 12)
      expect(found.volatility, symbol).toBeGreaterThan(0.003)
      expect(found.volatility, symbol).toBeLessThan(0.015)
      expect(found.kurtosis, symbol).toBeGreaterThan(5)
      expect(found.kurtosis, symbol).toBeLessThan(30)
      expect(found.clustering, symbol).toBeGreaterThan(0.1)
      expect(Math.abs(found.direction), symbol).toBeLessThan(0.12)
    }
  })

  test('five minutes too, and their volume answers to the move', () => {
    for (const symbol of symbols) {
      const found = statisticsOf(market.candles(symbol, { timeframe: '5m', limit: 288 * 35 }, now), 12)
      expect(found.kurtosis, symbol).toBeGreaterThan(6)
      expect(found.clustering, symbol).toBeGreaterThan(0.12)
      expect(found.memory, symbol).toBeGreaterThan(0.05)
      expect(found.volumeAnswers, symbol).toBeGreaterThan(0.35)
      expect(found.volumeAnswers, symbol).toBeLessThan(0.75)
    }
  })

  test('coins move with BTC, some more than others', () => {
    const returns = (candles: readonly Candle[]) => candles.map(({ open, close }) => Math.log(close / open))
    const btc = returns(hours.get('BTC/USDT') as Candle[])
    for (const [symbol, candles] of hours) {
      if (symbol === 'BTC/USDT') continue
      const together = correlation(returns(candles), btc)
      expect(together, symbol).toBeGreaterThan(0.5)
      expect(together, symbol).toBeLessThan(0.95)
    }
  })

  test('prices stay within reach of where they were over years', () => {
    for (const symbol of symbols) {
      const first = market.priceAt(symbol, Date.UTC(2020, 6, 1))
      for (let time = Date.UTC(2020, 6, 1); time < now; time += 30 * 86_400_000) {
        expect(market.priceAt(symbol, time) / first, symbol).toBeLessThan(8)
        expect(market.priceAt(symbol, time) / first, symbol).toBeGreaterThan(1 / 8)
      }
    }
  })
})

/** Volumes are sums of decimals in another order: equal to nine digits. */
function rounded(candles: readonly Candle[]): Candle[] {
  return candles.map((candle) => ({ ...candle, volume: Number(candle.volume.toPrecision(9)) }))
}
