import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Candle } from '#src/domain/candle.ts'
import { emaStack } from '#src/domain/market/ema-stack.ts'
import { readMarketNumbers } from '#src/domain/market/market-numbers.ts'
import { findPatterns, patternScore } from '#src/domain/market/patterns.ts'
import { percentile, regimeOf } from '#src/domain/market/regime.ts'
import { readSafety } from '#src/domain/market/safety.ts'
import { candlesFrom, drifting, noon } from '../build.ts'

const hourly = (closes: readonly number[], shadow = 0.001) => candlesFrom(closes, { timeframe: '1h', shadow })
const wobble = (count: number, size = 0.001) =>
  Array.from({ length: count }, (_, i) => 100 * (1 + Math.sin(i) * size))

function candle(open: number, high: number, low: number, close: number): Candle {
  return { openTimeMs: 0, open, high, low, close, volume: 1 }
}

test('the regime is unknown with little history, trending with a direction, sideways without', () => {
  expect(regimeOf(hourly(drifting(100, 0.01, 27)))).toBe('unknown')
  expect(regimeOf(hourly(drifting(100, 0.01, 60)))).toBe('trending')
  expect(regimeOf(hourly(wobble(60)))).toBe('sideways')
})

test('volatile wins over trending, and never with less than 30 days of history', () => {
  const storm = [...wobble(690), ...drifting(100, 0.03, 30)]
  expect(regimeOf(hourly(storm))).toBe('volatile')
  expect(regimeOf(hourly(storm.slice(-719)))).toBe('trending')
})

test('a percentile lies between its neighbours in proportion', () => {
  expect(percentile([4, 1, 3, 2, 5], 0.9)).toBeCloseTo(4.6, 12)
  expect(percentile([1], 0.9)).toBe(1)
  expect(percentile([], 0.9)).toBeNaN()
})

test('BTC falling in order below its floor is not safe; either alone is', () => {
  expect(readSafety(hourly(drifting(100, -0.01, 59)))).toBeUndefined()
  expect(readSafety(hourly(drifting(100, -0.01, 60)))?.isSafe).toBe(false)
  expect(readSafety(hourly(drifting(100, 0.01, 60)))?.isSafe).toBe(true)
  // Falling in order, but so little against its range that it is still above the floor.
  expect(readSafety(hourly(drifting(100, -0.0001, 60), 0.02))?.isSafe).toBe(true)
})

test('only the newest 60 hours of BTC are read', () => {
  const hours = hourly([...drifting(1000, 0.5, 20), ...drifting(100, 0.01, 60)])
  expect(readSafety(hours)).toEqual(readSafety(hours.slice(-60)))
})

test('EMA stacks: in order, half in order, too short', () => {
  expect(emaStack(drifting(100, 0.01, 60), [9, 21, 50])).toBe(1)
  expect(emaStack(drifting(100, -0.01, 60), [9, 21, 50])).toBe(-1)
  expect(emaStack(drifting(100, 0.01, 49), [9, 21, 50])).toBeNaN()
  const turned = [...drifting(100, -0.01, 60), ...drifting(60, 0.02, 8)]
  expect(emaStack(turned, [5, 9, 50])).toBe(0.3)
})

test('each pattern is found, and its mirror image speaks for the other side', () => {
  const cases: [string, Candle[]][] = [
    ['bullish_engulfing', [candle(100, 101, 97, 98), candle(97.9, 102, 97.5, 101)]],
    ['hammer', [candle(103, 103, 100, 100.5), candle(100.5, 101.1, 97, 101)]],
    [
      'morning_star',
      [candle(110, 110.5, 99.5, 100), candle(99.8, 100.5, 98, 99.5), candle(100, 107, 99.5, 106)],
    ],
    ['bearish_engulfing', [candle(98, 101, 97, 100), candle(100.1, 100.5, 96, 97)]],
    ['shooting_star', [candle(97, 100, 97, 99.5), candle(99.5, 103, 98.9, 99)]],
    [
      'evening_star',
      [candle(100, 110.5, 99.5, 110), candle(110.2, 112, 109.5, 110.5), candle(110, 110.5, 103, 104)],
    ],
  ]
  for (const [pattern, candles] of cases) expect(findPatterns(candles), pattern).toContain(pattern)
  expect(patternScore(cases[0]?.[1] ?? [])).toBe(1)
  expect(patternScore(cases[5]?.[1] ?? [])).toBe(-1)
  expect(findPatterns([candle(1, 1, 1, 1)])).toEqual([])
})

test('turning the candles upside down turns the pattern score', () => {
  const price = fc.integer({ min: 1, max: 60 })
  const anyCandle = fc.tuple(price, price, price, price).map((four) => {
    const [low = 0, a = 0, b = 0, high = 0] = four.toSorted((x, y) => x - y)
    return four[0] < four[1] ? candle(a, high, low, b) : candle(b, high, low, a)
  })
  fc.assert(
    fc.property(fc.array(anyCandle, { minLength: 2, maxLength: 3 }), (candles) => {
      const turned = candles.map((one) =>
        candle(100 - one.open, 100 - one.low, 100 - one.high, 100 - one.close),
      )
      expect(patternScore(turned)).toBe(0 - patternScore(candles))
    }),
    { numRuns: 2000 },
  )
})

test('market numbers leave the forming hour out and are null without history', () => {
  const hours = hourly(wobble(100, 0.01))
  const context = { symbol: 'BTC/USDT', nowMs: noon, candles: { '1h': hours } }
  const whole = readMarketNumbers({ ...context, candles: { '1h': hours.slice(0, -1) } }, 101)
  expect(readMarketNumbers({ ...context, forming: ['1h'] }, 101)).toEqual(whole)
  expect(whole).toMatchObject({ price: 101, regime: 'sideways' })
  expect(readMarketNumbers({ ...context, candles: {} }, 1)).toMatchObject({
    atr: null,
    dailyVolatility: null,
    regime: 'unknown',
  })
})
