import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { drawdownOf, sumOf } from '#src/web/dashboard/overview/equity-curve.ts'

const at = (...values: [atMs: number, equity: number][]) => values.map(([atMs, equity]) => ({ atMs, equity }))

describe('curves of several accounts as one', () => {
  test.each([
    ['one stays as it is', [at([1, 10], [2, 11])], at([1, 10], [2, 11])],
    [
      'what each was worth last adds up',
      [at([1, 10], [4, 12]), at([1, 5], [3, 6])],
      at([1, 15], [3, 16], [4, 18]),
    ],
    [
      'it begins where the last one begins',
      [at([1, 10], [2, 11], [5, 12]), at([2, 5])],
      at([2, 16], [5, 17]),
    ],
    ['one without a point leaves nothing', [at([1, 10]), []], []],
  ])('%s', (_name, curves, expected) => {
    expect(sumOf(curves)).toEqual(expected)
  })
})

describe('drawdown', () => {
  test('is how far below the peak before it', () => {
    expect(drawdownOf(at([1, 100], [2, 90], [3, 120], [4, 60])).map(({ ratio }) => ratio)).toEqual([
      0,
      0.9 - 1,
      0,
      -0.5,
    ])
  })

  test('is between −1 and 0, and 0 at each new peak', () => {
    const curve = fc.array(fc.integer({ min: 1, max: 1_000 }), { minLength: 1 })
    fc.assert(
      fc.property(curve, (values) => {
        const ratios = drawdownOf(values.map((equity, atMs) => ({ atMs, equity })))
        for (const [index, { ratio }] of ratios.entries()) {
          expect(ratio).toBeGreaterThanOrEqual(-1)
          expect(ratio).toBeLessThanOrEqual(0)
          if (values[index] === Math.max(...values.slice(0, index + 1))) expect(ratio).toBe(0)
        }
      }),
    )
  })
})
