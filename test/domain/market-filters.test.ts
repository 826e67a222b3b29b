import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Decimal } from '#src/domain/decimal.ts'
import { brokenFilter, minimumQuantity, roundPrice, roundQuantity } from '#src/domain/market-filters.ts'
import { btcFilters } from './build.ts'

test('an order names the filter it breaks', () => {
  const filters = { ...btcFilters, maxQuantity: '10' }
  const cases: [string, number, string | undefined][] = [
    ['0', 100, 'minQuantity'],
    ['0.000001', 100, 'minQuantity'],
    ['10.1', 100, 'maxQuantity'],
    ['0.100001', 100, 'stepSize'],
    ['0.04999', 100, 'minNotional'],
    ['0.05', 100, undefined],
  ]
  for (const [quantity, price, broken] of cases)
    expect(brokenFilter({ quantity, price }, filters)).toBe(broken)
})

test('prices go to the nearest tick, quantities down to the step', () => {
  expect(roundPrice('100.005', btcFilters)).toBe('100.01')
  expect(roundPrice(67_123.456, { tickSize: '0.5' })).toBe('67123.5')
  expect(roundQuantity('0.123459999', btcFilters)).toBe('0.12345')
  expect(roundQuantity('7', { stepSize: '5' })).toBe('5')
  expect(roundQuantity('0.000000019', { stepSize: '0.00000001' })).toBe('0.00000001')
})

test('the minimum quantity is accepted, and one step less is not', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 20_000_000 }), (cents) => {
      const price = cents / 100
      const least = minimumQuantity(price, btcFilters)
      expect(brokenFilter({ quantity: least, price }, btcFilters)).toBeUndefined()
      const less = new Decimal(least).minus(btcFilters.stepSize).toString()
      expect(brokenFilter({ quantity: less, price }, btcFilters)).toBeDefined()
    }),
  )
})

test('a quantity rounded down never grows and loses less than a step', () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1e6, noNaN: true }), (quantity) => {
      const lost = new Decimal(quantity).minus(roundQuantity(quantity, btcFilters))
      expect(lost.gte(0) && lost.lt(btcFilters.stepSize)).toBe(true)
    }),
  )
})
