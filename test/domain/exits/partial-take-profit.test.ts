import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Decimal } from '#src/domain/decimal.ts'
import { evaluateExit } from '#src/domain/exits/evaluate.ts'
import type { ExitRules } from '#src/domain/exits/exit-rules.ts'
import { type MonitoredState, takeLevels } from '#src/domain/exits/monitored-state.ts'
import { exitRules, noon, partials, watched } from '../build.ts'

const rules = exitRules({ partials })

/** Sells what is due at each price and says what was sold and what is left. */
function sell(start: MonitoredState, path: readonly number[], by: ExitRules = rules) {
  let state = start
  const sold: string[] = []
  for (const price of path) {
    const exit = evaluateExit(state, price, noon, by)
    if (exit === undefined) continue
    sold.push(exit.quantity)
    const quantity = new Decimal(state.quantity).minus(exit.quantity).toString()
    state = { ...takeLevels(state, exit.levels), quantity }
  }
  return { sold, left: state.quantity, levels: state.takenLevels }
}

test('below its price and once taken, a level sells nothing', () => {
  expect(evaluateExit(watched(), 100_999.99, noon, rules)).toBeUndefined()
  expect(evaluateExit(watched({ takenLevels: [1] }), 101_500, noon, rules)).toBeUndefined()
})

test('the worked example: 0.25, 0.375, 0.28125, leaving 0.09375', () => {
  expect(sell(watched(), [101_000, 102_000, 103_000])).toEqual({
    sold: ['0.25', '0.375', '0.28125'],
    left: '0.09375',
    levels: [1, 2, 3],
  })
  expect(sell(watched({ side: 'short' }), [99_000, 98_000, 97_000]).sold).toEqual([
    '0.25',
    '0.375',
    '0.28125',
  ])
})

test('a jump over several levels is one order for their sum, in all their slots', () => {
  expect(evaluateExit(watched(), 103_500, noon, rules)).toMatchObject({
    action: 'reduce',
    reason: 'partial_tp_3',
    slots: ['tp:1', 'tp:2', 'tp:3'],
    levels: [1, 2, 3],
    quantity: '0.90625',
    triggerPrice: 103_000,
  })
  expect(evaluateExit(watched({ takenLevels: [1] }), 103_500, noon, rules)).toMatchObject({
    slots: ['tp:2', 'tp:3'],
    quantity: '0.875',
  })
})

test('a part under the minimum waits and is added to the next level’s', () => {
  const small = watched({ quantity: '0.00015' })
  expect(evaluateExit(small, 101_000, noon, rules)).toBeUndefined()
  expect(evaluateExit(small, 102_000, noon, rules)).toMatchObject({
    levels: [1, 2],
    quantity: '0.00009',
    action: 'reduce',
  })
})

test('a remainder under the minimum goes with the part', () => {
  const small = watched({ quantity: '0.0001' })
  expect(evaluateExit(small, 102_000, noon, rules)).toMatchObject({
    action: 'close',
    reason: 'partial_tp_2',
    levels: [1, 2],
    quantity: '0.0001',
  })
})

test('a position that is itself under the minimum waits for ever', () => {
  expect(evaluateExit(watched({ quantity: '0.00004' }), 110_000, noon, rules)).toBeUndefined()
})

test('parts are whole steps, rounded down', () => {
  const coarse = exitRules({ partials, stepSize: '1', minQuantity: '1', minNotional: '1' })
  expect(sell(watched({ quantity: '7' }), [101_000, 102_000, 103_000], coarse)).toEqual({
    sold: ['1', '3', '2'],
    left: '1',
    levels: [1, 2, 3],
  })
})

test('quantity is conserved, every part is sellable and what is left is sellable or nothing', () => {
  const steps = fc.integer({ min: 1, max: 100_000 })
  const path = fc.array(fc.integer({ min: 9_900_000, max: 10_500_000 }), { maxLength: 10 })
  fc.assert(
    fc.property(steps, path, fc.boolean(), (count, cents, isLong) => {
      const quantity = new Decimal(count).times('0.00001').toString()
      const mirrored = cents.map((price) => (isLong ? price : 20_000_000 - price) / 100)
      const { sold, left } = sell(watched({ quantity, side: isLong ? 'long' : 'short' }), mirrored)
      const total = sold.reduce((sum, part) => sum.plus(part), new Decimal(left))
      expect(total.eq(quantity)).toBe(true)
      expect(new Decimal(left).gte(0)).toBe(true)
      for (const part of sold) expect(new Decimal(part).times(95_000).gte('4.5')).toBe(true)
      if (sold.length > 0 && left !== '0') expect(new Decimal(left).times(105_000).gte('5')).toBe(true)
    }),
    { numRuns: 1000 },
  )
})
