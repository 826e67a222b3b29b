import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Decimal } from '#src/domain/decimal.ts'
import { roundToTick, tickOf } from '#src/domain/tick.ts'

test('a tick size that is not a positive decimal number is refused', () => {
  for (const text of ['0', '-0.1', '1e-8', '', 'x', '0.0', '.5'])
    expect(() => tickOf(text), text).toThrow(RangeError)
})

test('a price becomes the double nearest to its tick', () => {
  const cases: [number, string, number][] = [
    [102_000 * 0.99, '0.01', 100_980],
    [0.1 + 0.2, '0.1', 0.3],
    [1.15, '0.5', 1],
    [1.26, '0.5', 1.5],
    [101, '25', 100],
    [0.00001234, '0.00000001', 0.00001234],
    [67_123.45, '0.10', 67_123.5],
  ]
  for (const [price, tick, expected] of cases) expect(roundToTick(price, tickOf(tick))).toBe(expected)
})

test('rounding agrees with decimals, is idempotent, and never reverses an order', () => {
  const ticks = fc.constantFrom('0.01', '0.1', '0.5', '0.05', '1', '0.0001', '0.00000001')
  const prices = fc.double({ min: 0.001, max: 200_000, noNaN: true })
  fc.assert(
    fc.property(ticks, prices, prices, (tickSize, a, b) => {
      const tick = tickOf(tickSize)
      const [low, high] = a < b ? [a, b] : [b, a]
      const rounded = roundToTick(low, tick)
      expect(roundToTick(rounded, tick)).toBe(rounded)
      expect(rounded).toBeLessThanOrEqual(roundToTick(high, tick))
      expect(new Decimal(rounded).mod(tickSize).toNumber()).toBe(0)
      expect(Math.abs(rounded - low)).toBeLessThanOrEqual(Number(tickSize) * 0.500001 + 1e-9)
    }),
  )
})
