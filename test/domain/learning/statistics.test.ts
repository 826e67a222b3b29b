import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { areaUnderCurve } from '#src/domain/learning/auc.ts'
import { brier, calibrationError, type Forecast, reliability } from '#src/domain/learning/reliability.ts'
import { rareTrend, trendOf } from '#src/domain/learning/trend.ts'
import { wilson } from '#src/domain/learning/wilson.ts'
import '../../seed.ts'

const forecast = fc.record({
  probability: fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(0, 0.25, 0.5, 1)),
  came: fc.boolean(),
})
const told = (...pairs: readonly [number, 0 | 1][]): Forecast[] =>
  pairs.map(([probability, came]) => ({ probability, came: came === 1 }))

describe('an interval of a share', () => {
  // Worked by hand from the formula; 8 of 10 and 0 of 10 are in the textbooks.
  const cases: readonly [hits: number, of: number, low: number, high: number][] = [
    [8, 10, 0.4902, 0.9433],
    [0, 10, 0, 0.2775],
    [10, 10, 0.7225, 1],
    [520, 1000, 0.489, 0.5508],
    [0, 0, 0, 1],
  ]
  test.each(cases)('of %i in %i', (hits, of, low, high) => {
    expect(wilson(hits, of).low).toBeCloseTo(low, 4)
    expect(wilson(hits, of).high).toBeCloseTo(high, 4)
  })

  test('holds the share, lies in [0, 1], and is narrower the more was seen', () => {
    const counts = fc
      .integer({ min: 1, max: 5_000 })
      .chain((of) => fc.tuple(fc.integer({ min: 0, max: of }), fc.constant(of)))
    fc.assert(
      fc.property(counts, ([hits, of]) => {
        const { low, high } = wilson(hits, of)
        expect(low).toBeGreaterThanOrEqual(0)
        expect(high).toBeLessThanOrEqual(1)
        expect(low).toBeLessThanOrEqual(hits / of)
        expect(high).toBeGreaterThanOrEqual(hits / of)
        const wider = wilson(hits * 4, of * 4)
        expect(wider.high - wider.low).toBeLessThan(high - low)
      }),
    )
  })
})

describe('the area under the curve', () => {
  test('is 1 for who always knows, 0 for who is always wrong, and a half for who says the same', () => {
    expect(areaUnderCurve(told([0.1, 0], [0.2, 0], [0.7, 1]))?.area).toBe(1)
    expect(areaUnderCurve(told([0.9, 0], [0.2, 1]))?.area).toBe(0)
    expect(areaUnderCurve(told([0.5, 0], [0.5, 1], [0.5, 1]))?.area).toBe(0.5)
    expect(areaUnderCurve(told([0.5, 1], [0.4, 1]))).toBeUndefined()
    expect(areaUnderCurve([])).toBeUndefined()
  })

  test('has the error of Hanley and McNeil', () => {
    // Their formula at A = 0.75 with 2 and 2: Q1 0.6, Q2 0.642857, so √((0.1875 + 0.0375 + 0.080357) / 4).
    const curve = areaUnderCurve(told([0.1, 0], [0.3, 1], [0.4, 0], [0.9, 1]))
    expect(curve?.area).toBe(0.75)
    expect(curve?.error).toBeCloseTo(Math.sqrt((0.1875 + 0.0375 + 0.642857 - 0.5625) / 4), 5)
  })

  test('is the share of pairs in the right order, whatever the order and the ties', () => {
    fc.assert(
      fc.property(fc.array(forecast, { maxLength: 60 }), (forecasts) => {
        const good = forecasts.filter(({ came }) => came)
        const bad = forecasts.filter(({ came }) => !came)
        let right = 0
        for (const { probability: g } of good)
          for (const { probability: b } of bad) right += g > b ? 1 : g === b ? 0.5 : 0
        const curve = areaUnderCurve(forecasts)
        if (good.length === 0 || bad.length === 0) expect(curve).toBeUndefined()
        else expect(curve?.area).toBeCloseTo(right / (good.length * bad.length), 10)
      }),
    )
  })
})

describe('reliability', () => {
  test('counts every forecast once, the ends included', () => {
    const bins = reliability(told([0, 0], [0.1, 1], [0.3, 0], [0.35, 1], [0.9999, 1], [1, 1]))
    expect(bins.map(({ count, hits }) => [count, hits])).toEqual([
      [1, 0],
      [1, 1],
      [0, 0],
      [2, 1],
      [0, 0],
      [0, 0],
      [0, 0],
      [0, 0],
      [0, 0],
      [2, 2],
    ])
    expect(bins[3]).toMatchObject({ low: 0.3, high: 0.4, came: 0.5 })
    expect(bins[3]?.foretold).toBeCloseTo(0.325, 12)
    expect(bins[2]).toMatchObject({ foretold: null, came: null, interval: { low: 0, high: 1 } })
  })

  test('who foretells what comes has no calibration error, and the Brier score of the base rate is the best of a constant', () => {
    expect(calibrationError(reliability(told([0.5, 0], [0.5, 1])))).toBe(0)
    expect(calibrationError([])).toBe(0)
    fc.assert(
      fc.property(
        fc.array(forecast, { minLength: 1, maxLength: 80 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (all, p) => {
          const bins = reliability(all)
          expect(bins.reduce((sum, { count }) => sum + count, 0)).toBe(all.length)
          const share = all.filter(({ came }) => came).length / all.length
          const constant = (probability: number) => brier(all.map(({ came }) => ({ probability, came })))
          expect(constant(share)).toBeLessThanOrEqual(constant(p) + 1e-12)
          expect(constant(share)).toBeCloseTo(share * (1 - share), 10)
        },
      ),
    )
  })
})

describe('a trend', () => {
  test('is that of Armitage: a textbook table of three doses', () => {
    // 0 of 20, 5 of 20 and 10 of 20 at doses 0, 1, 2: Σ(x−1)(r−5) = 10, p 0.25, Σ n(x−1)² = 40.
    const groups = [0, 5, 10].map((hits, foretold) => ({ foretold, count: 20, hits }))
    expect(trendOf(groups)).toBeCloseTo(10 / Math.sqrt(0.25 * 0.75 * 40), 10)
    expect(trendOf(groups)).toBeGreaterThan(rareTrend)
    expect(trendOf(groups.toReversed().map((group, i) => ({ ...group, foretold: i })))).toBeCloseTo(
      -10 / Math.sqrt(7.5),
      10,
    )
  })

  test('cannot be told where all are alike', () => {
    expect(trendOf([])).toBeNull()
    expect(trendOf([{ foretold: 0.4, count: 9, hits: 4 }])).toBeNull()
    expect(
      trendOf([
        { foretold: 0.4, count: 9, hits: 9 },
        { foretold: 0.8, count: 2, hits: 2 },
      ]),
    ).toBeNull()
  })
})
