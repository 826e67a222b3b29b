import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { openRiskOf } from '#src/web/api/open-risk.ts'

const long = { side: 'long', quantity: '2', lastPrice: '100', stopLoss: '95', trailingStop: null } as const

describe('what is at risk', () => {
  test.each([
    ['a long position from its price to its stop', [long], { openRisk: '10', withoutStop: 0 }],
    [
      'the trailing stop where it is nearer',
      [{ ...long, trailingStop: '99' }],
      { openRisk: '2', withoutStop: 0 },
    ],
    [
      'the stop loss where that is nearer',
      [{ ...long, trailingStop: '90' }],
      { openRisk: '10', withoutStop: 0 },
    ],
    [
      'a short position the other way',
      [{ ...long, side: 'short' as const, stopLoss: '104' }],
      { openRisk: '8', withoutStop: 0 },
    ],
    ['nothing once the stop is passed', [{ ...long, lastPrice: '94' }], { openRisk: '0', withoutStop: 0 }],
    [
      'no sum for one without a stop, but a count',
      [{ ...long, stopLoss: null }],
      { openRisk: '0', withoutStop: 1 },
    ],
    [
      'nothing without a price',
      [{ ...long, lastPrice: null, stopLoss: null }],
      { openRisk: '0', withoutStop: 0 },
    ],
    [
      'nothing before a fill',
      [{ ...long, quantity: '0', stopLoss: null }],
      { openRisk: '0', withoutStop: 0 },
    ],
  ])('%s', (_name, positions, expected) => {
    expect(openRiskOf(positions)).toEqual(expected)
  })

  test('never is negative, adds up over positions, and does not grow when a stop tightens', () => {
    const cents = fc.integer({ min: 1, max: 1_000_000 })
    const text = (value: number) => (value / 100).toFixed(2)
    const position = fc.record({
      side: fc.constantFrom('long' as const, 'short' as const),
      quantity: cents.map(text),
      lastPrice: cents.map(text),
      stopLoss: fc.option(cents.map(text)),
      trailingStop: fc.option(cents.map(text)),
    })
    fc.assert(
      fc.property(fc.array(position, { maxLength: 6 }), cents, (positions, tighten) => {
        const all = openRiskOf(positions)
        const each = positions.map((one) => Number(openRiskOf([one]).openRisk))
        expect(Number(all.openRisk)).toBeGreaterThanOrEqual(0)
        expect(Number(all.openRisk)).toBeCloseTo(
          each.reduce((sum, one) => sum + one, 0),
          4,
        )
        for (const one of positions) {
          if (one.stopLoss === null) continue
          const moved = Number(one.stopLoss) + (one.side === 'long' ? tighten : -tighten) / 100
          const tighter = openRiskOf([{ ...one, stopLoss: moved.toFixed(2) }])
          expect(Number(tighter.openRisk)).toBeLessThanOrEqual(Number(openRiskOf([one]).openRisk))
        }
      }),
    )
  })
})
