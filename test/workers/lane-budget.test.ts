import { expect, test } from 'vitest'
import { budgetOf } from '#workers/lane-budget.ts'

test('a venue’s limit on one address is shared between its lanes, more of it for exits', () => {
  // Binance spot: 6,000 weight a minute, one an order.
  expect(budgetOf('orders-binance')).toEqual({ max: 4, durationMs: 100 })
  expect(budgetOf('exits-binance')).toEqual({ max: 6, durationMs: 100 })
})

test('a venue that limits accounts alone is asked politely, and other queues have no budget', () => {
  expect(budgetOf('exits-nowhere')).toEqual({ max: 3, durationMs: 100 })
  expect(budgetOf('accounts')).toBeUndefined()
  expect(budgetOf('monitor')).toBeUndefined()
})
