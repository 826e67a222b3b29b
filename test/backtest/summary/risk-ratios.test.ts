import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { dailyReturns } from '#src/backtest/summary/daily-returns.ts'
import {
  annualGrowth,
  annualVolatility,
  calmarRatio,
  sharpeRatio,
  sortinoRatio,
  systemQuality,
} from '#src/backtest/summary/risk-ratios.ts'
import { daily, dayMs, hourMs, newYear } from './build.ts'

const year = 365 * dayMs

describe('daily returns', () => {
  test('are from one UTC day to the next, the first against the capital, a point at midnight with the day before', () => {
    const points = [
      { time_ms: newYear + hourMs, equity: 5 },
      { time_ms: newYear + dayMs, equity: 110 },
      { time_ms: newYear + dayMs + 1, equity: 7 },
      { time_ms: newYear + 2 * dayMs, equity: 99 },
    ]
    const { returns, perYear } = dailyReturns(points, 100)
    expect(returns).toEqual([expect.closeTo(0.1, 12), expect.closeTo(-0.1, 12)])
    expect(perYear).toBe(365)
  })

  test('of a curve with a point every other day make half as many a year', () => {
    const points = [0, 2, 4, 6].map((day) => ({ time_ms: newYear + day * dayMs + 1, equity: 100 }))
    expect(dailyReturns(points, 100).perYear).toBeCloseTo((365 * 4) / 7, 9)
  })

  test('end where nothing is left', () => {
    expect(dailyReturns(daily([50, 0, 10]), 100).returns).toEqual([-0.5, -1])
    expect(dailyReturns([], 100)).toEqual({ returns: [], perYear: 365 })
  })

  test('multiply to the whole change', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 1, max: 1e6, noNaN: true }), { minLength: 1 }), (values) => {
        const { returns } = dailyReturns(daily(values), 1_000)
        const product = returns.reduce((all, each) => all * (1 + each), 1)
        expect(product / ((values.at(-1) ?? 0) / 1_000)).toBeCloseTo(1, 6)
      }),
    )
  })
})

describe('by hand', () => {
  // Mean 0.01; deviations −0.03, 0.01, 0.02: sample variance 0.0014 / 2 = 0.0007. Downside: 0.02² / 3.
  const returns = { returns: [-0.02, 0.02, 0.03], perYear: 365 }

  test('Sharpe is 0.01 / √0.0007 × √365', () => {
    expect(sharpeRatio(returns)).toBeCloseTo((0.01 / Math.sqrt(0.0007)) * Math.sqrt(365), 9)
    expect(annualVolatility(returns)).toBeCloseTo(Math.sqrt(0.0007 * 365), 9)
  })

  test('Sortino is 0.01 / √(0.0004 / 3) × √365', () => {
    expect(sortinoRatio(returns)).toBeCloseTo((0.01 / Math.sqrt(0.0004 / 3)) * Math.sqrt(365), 9)
  })

  test('1,000 that becomes 1,210 in two years grows by a tenth a year; with a fall of 5 % its Calmar ratio is 2', () => {
    const growth = annualGrowth({ begin: 1_000, end: 1_210, spanMs: 2 * year })
    expect(growth).toBeCloseTo(0.1, 12)
    expect(calmarRatio(growth, 0.05)).toBeCloseTo(2, 9)
  })

  test('SQN of 30, −20, 10, −5 is √4 × 3.75 / 21.36', () => {
    // Squares of 26.25, −23.75, 6.25, −8.75: 689.0625 + 564.0625 + 39.0625 + 76.5625 = 1368.75; ÷ 3 = 456.25
    expect(systemQuality([30, -20, 10, -5])).toBeCloseTo((2 * 3.75) / Math.sqrt(456.25), 9)
  })
})

test('what so little cannot tell is null', () => {
  const none = { returns: [], perYear: 365 }
  const one = { returns: [0.1], perYear: 365 }
  const same = { returns: [0.1, 0.1, 0.1], perYear: 365 }
  expect([none, one, same].map(sharpeRatio)).toEqual([null, null, null])
  expect([none, one, same].map(sortinoRatio)).toEqual([null, null, null])
  expect([none, one].map(annualVolatility)).toEqual([null, null])
  expect(annualGrowth({ begin: 100, end: 110, spanMs: dayMs - 1 })).toBeNull()
  expect(annualGrowth({ begin: 1, end: 1e300, spanMs: dayMs })).toBeNull()
  expect(annualGrowth({ begin: 100, end: -3, spanMs: year })).toBe(-1)
  expect(calmarRatio(0.1, 0)).toBeNull()
  expect(calmarRatio(null, 0.1)).toBeNull()
  expect([[], [5], [5, 5]].map(systemQuality)).toEqual([null, null, null])
})

test('a ratio has the sign of the mean, and is never NaN or infinite', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: -0.9, max: 2, noNaN: true }), { maxLength: 50 }), (returns) => {
      const mean = returns.reduce((sum, each) => sum + each, 0) / returns.length
      for (const ratio of [sharpeRatio, sortinoRatio].map((of) => of({ returns, perYear: 365 }))) {
        if (ratio === null) continue
        expect(Number.isFinite(ratio)).toBe(true)
        expect(Math.sign(ratio)).toBe(Math.sign(mean))
      }
    }),
  )
})
