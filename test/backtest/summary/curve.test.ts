import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { deepestFall, longestUnderwaterMs, underwater } from '#src/backtest/summary/curve.ts'

const curve = (values: readonly number[]) => values.map((equity, i) => ({ time_ms: i, equity }))
const money = fc.double({ min: 0, max: 1e6, noNaN: true })
const curves = fc.array(money, { minLength: 1, maxLength: 60 }).map(curve)

describe('the deepest fall', () => {
  test.each([
    [[100], 0, 0, 0, 0],
    [[100, 110, 120], 0, 0, 0, 0],
    [[100, 80, 120, 108], 0.2, 20, 0, 1],
    [[100, 90, 200, 140, 150, 260, 250], 0.3, 60, 2, 3],
    [[100, 100, 50], 0.5, 50, 1, 2],
    [[100, -20], 1, 120, 0, 1],
  ])('of %j is %d, %d in quote, from %i to %i', (values, ratio, quote, from_ms, to_ms) => {
    const fall = deepestFall(curve(values))
    expect(fall?.ratio).toBeCloseTo(ratio, 12)
    expect(fall).toMatchObject({ quote, from_ms, to_ms })
  })

  test('of no points is nothing', () => {
    expect(deepestFall([])).toBeNull()
  })

  test('lies within 0 and 1, never begins after its end, and is the same in another currency', () => {
    fc.assert(
      fc.property(curves, fc.integer({ min: 1, max: 8 }), (points, power) => {
        const fall = deepestFall(points)
        if (!fall) throw new Error('a curve of points has a deepest fall')
        expect(fall.ratio).toBeGreaterThanOrEqual(0)
        expect(fall.ratio).toBeLessThanOrEqual(1)
        expect(fall.from_ms).toBeLessThanOrEqual(fall.to_ms)
        expect(Math.max(...underwater(points))).toBe(fall.ratio)
        const scaled = points.map(({ time_ms, equity }) => ({ time_ms, equity: equity * 2 ** power }))
        expect(deepestFall(scaled)?.ratio).toBe(fall.ratio)
      }),
    )
  })

  test('of a part of the curve is never deeper', () => {
    fc.assert(
      fc.property(curves, fc.nat(60), (points, cut) => {
        const part = deepestFall(points.slice(0, cut))
        expect(part?.ratio ?? 0).toBeLessThanOrEqual(deepestFall(points)?.ratio ?? -1)
      }),
    )
  })
})

test.each([
  [[100], 0],
  [[100, 110, 120], 0],
  [[100, 90, 100, 95, 101], 2],
  [[100, 100, 90, 95, 100, 120, 119], 3],
  [[100, 50, 60, 70], 3],
])('the longest time without a new peak in %j is %i', (values, longest) => {
  expect(longestUnderwaterMs(curve(values))).toBe(longest)
})
