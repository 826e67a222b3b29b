import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { histogram } from '#src/backtest/report/histogram.ts'
import { niceStep, niceTicks } from '#src/backtest/report/nice.ts'
import { timeTicks } from '#src/backtest/report/time-ticks.ts'
import { dayMs, hourMs, newYear } from '../summary/build.ts'

describe('a histogram', () => {
  test('of nothing has no bars', () => {
    expect(histogram([])).toEqual([])
  })

  test('of one value, of zeros and of gains alone stands', () => {
    expect(histogram([0.013]).reduce((sum, bar) => sum + bar.count, 0)).toBe(1)
    expect(histogram([0, 0])).toMatchObject([{ from: 0, count: 2 }])
    expect(histogram([0.01, 0.02, 0.03]).every(({ from }) => from >= 0)).toBe(true)
  })

  test('counts every value once, and no bar holds wins and losses', () => {
    const values = fc.array(fc.double({ min: -1, max: 3, noNaN: true }), { minLength: 1, maxLength: 300 })
    fc.assert(
      fc.property(values, (all) => {
        const bars = histogram(all)
        expect(bars.reduce((sum, bar) => sum + bar.count, 0)).toBe(all.length)
        expect(bars.length).toBeLessThanOrEqual(4.5 * Math.cbrt(all.length) + 3)
        const losing = bars.filter(({ from }) => from < -1e-12)
        expect(losing.reduce((sum, bar) => sum + bar.count, 0)).toBe(all.filter((value) => value < 0).length)
        for (const bar of bars) expect(bar.from < -1e-12 && bar.to > 1e-12).toBe(false)
      }),
    )
  })

  test('is not flattened by one outlier', () => {
    const values = [...Array.from({ length: 400 }, (_, i) => (i - 200) / 10_000), -5]
    const bars = histogram(values)
    expect(bars.length).toBeGreaterThan(10)
    expect(bars[0]?.from).toBeGreaterThan(-0.03)
  })
})

test.each([
  [0, 10, 5, [0, 2, 4, 6, 8, 10]],
  [0.13, 0.97, 4, [0.2, 0.4, 0.6, 0.8]],
  [-3, 3, 3, [-2, 0, 2]],
  [5, 5, 4, [5]],
])('from %d to %d about %i marks are at %j', (low, high, count, ticks) => {
  expect(niceTicks(low, high, count)).toEqual(ticks)
})

test('a nice step is 1, 2 or 5 times a power of ten', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 1e-6, max: 1e9, noNaN: true }),
      fc.integer({ min: 1, max: 40 }),
      (span, count) => {
        expect(niceStep(span, count).toExponential(6)).toMatch(/^[125]\.000000e/)
        expect(niceStep(span, count) * count).toBeGreaterThanOrEqual(span / Math.SQRT2 - 1e-9)
        expect(niceStep(span, count) * count).toBeLessThanOrEqual(span * 1.8)
      },
    ),
  )
})

describe('marks on a time axis', () => {
  test.each([
    [newYear, newYear + 6 * hourMs, ['1 Jan', '01:00', '02:00', '03:00', '04:00', '05:00', '06:00']],
    [
      newYear,
      newYear + 4 * dayMs,
      ['1 Jan', '12:00', '2 Jan', '12:00', '3 Jan', '12:00', '4 Jan', '12:00', '5 Jan'],
    ],
    [newYear, newYear + 120 * dayMs, ['Jan 2025', 'Feb', 'Mar', 'Apr', 'May']],
    [Date.UTC(2024, 10, 15), Date.UTC(2025, 1, 10), ['Dec 2024', 'Jan 2025', 'Feb']],
  ])('from %i to %i are %j', (from, to, labels) => {
    expect(timeTicks(from, to).map(({ label }) => label)).toEqual(labels)
  })

  test('lie within the span, in order, and are few', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 2e12 }),
        fc.integer({ min: 0, max: 40 * 365 * 86_400_000 }),
        (from, span) => {
          const ticks = timeTicks(from, from + span)
          expect(ticks.length).toBeLessThanOrEqual(13)
          const times = ticks.map(({ time_ms }) => time_ms)
          expect(times).toEqual(times.toSorted((a, b) => a - b))
          expect(times.every((time) => time >= from && time <= from + span)).toBe(true)
        },
      ),
    )
  })
})
