import { expect, test } from 'vitest'
import { tierOf, tierRisk } from '#src/domain/entries/tiers.ts'

test('each equity has the tier of the table', () => {
  const cases: [number, number, number, number, number][] = [
    [0, 0.003, 0.03, 2, 0.1],
    [19.99, 0.003, 0.03, 2, 0.1],
    [20, 0.005, 0.04, 2, 0.1],
    [99.99, 0.005, 0.04, 2, 0.1],
    [100, 0.008, 0.03, 2.5, 0.12],
    [499.99, 0.008, 0.03, 2.5, 0.12],
    [500, 0.008, 0.025, 3, 0.12],
    [1e9, 0.008, 0.025, 3, 0.12],
  ]
  for (const [equity, minRisk, maxRisk, leverage, heat] of cases)
    expect(tierOf(equity), String(equity)).toMatchObject({ minRisk, maxRisk, leverage, heat })
})

test('risk is linear in the score inside the range', () => {
  const tier = tierOf(1000)
  expect(tierRisk(tier, 0)).toBe(0.008)
  expect(tierRisk(tier, 0.5)).toBeCloseTo(0.0165, 12)
  expect(tierRisk(tier, 1)).toBeCloseTo(0.025, 12)
})
