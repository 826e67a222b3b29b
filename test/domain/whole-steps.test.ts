import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Decimal } from '#src/domain/decimal.ts'
import { stepsReaching, stepsWithin } from '#src/domain/whole-steps.ts'

const anyStep = fc.constantFrom('0.00000001', '0.00001', '0.001', '0.25', '0.3', '1', '5', '1000')

/** Quantities, among them many that are whole steps or a hair beside them, where doubles cannot tell. */
const quantityOf = (stepSize: string) =>
  fc.oneof(
    fc.double({ min: 0, max: 1e12, noNaN: true }).map(String),
    fc
      .tuple(fc.nat(10_000_000), fc.constantFrom('0', '1e-30', '-1e-30', '1e-16', '-1e-16'))
      .map(([count, hair]) => new Decimal(stepSize).times(count).plus(hair).abs().toString()),
  )

const anyCase = anyStep.chain((stepSize) => fc.tuple(fc.constant({ stepSize }), quantityOf(stepSize)))

test('whole steps within a quantity are what decimals say, and so are those that reach it', () => {
  fc.assert(
    fc.property(anyCase, ([filters, quantity]) => {
      const exact = new Decimal(quantity)
      const rounded = (mode: Decimal.Rounding) =>
        exact.div(filters.stepSize).toDecimalPlaces(0, mode).times(filters.stepSize).toString()
      const within = rounded(Decimal.ROUND_DOWN)
      expect(stepsWithin(quantity, filters).toString()).toBe(within)
      expect(stepsWithin(exact, filters).toString()).toBe(within)
      const reaching = stepsReaching(Number(quantity), () => exact, filters)
      expect(reaching.toString()).toBe(rounded(Decimal.ROUND_UP))
    }),
    { numRuns: 2_000 },
  )
})

test('a hair under a whole step is not that step, and a hair over it needs one more', () => {
  const filters = { stepSize: '0.1' }
  expect(stepsWithin('0.29999999999999999999', filters).toString()).toBe('0.2')
  const hairOver = new Decimal('0.30000000000000000001')
  expect(stepsReaching(0.3, () => hairOver, filters).toString()).toBe('0.4')
  expect(stepsWithin('0', filters).toString()).toBe('0')
})
