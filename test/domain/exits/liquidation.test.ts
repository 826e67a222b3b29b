import { expect, test } from 'vitest'
import { liquidationDistance, marginBuffer, planLiquidation } from '#src/domain/exits/liquidation.ts'
import { noon } from '../build.ts'

const positions = [
  { positionId: 'small-loss', unrealizedPnl: -5 },
  { positionId: 'large-loss', unrealizedPnl: -50 },
  { positionId: 'gain', unrealizedPnl: 20 },
]

function plan(buffer: number, halvedAtMs?: number) {
  return planLiquidation({ buffer, positions, halvedAtMs, nowMs: noon })
}

test('the buffer is 1 just opened, 0 at stop-out, and equity over used margin when the venue has no stop-out', () => {
  expect(marginBuffer({ equity: 100, used: 100, stopOut: 40 })).toBe(1)
  expect(marginBuffer({ equity: 40, used: 100, stopOut: 40 })).toBe(0)
  expect(marginBuffer({ equity: 49, used: 100, stopOut: 40 })).toBeCloseTo(0.15, 12)
  expect(marginBuffer({ equity: 15, used: 100, stopOut: 0 })).toBe(0.15)
  expect(marginBuffer({ equity: 10, used: 0, stopOut: 0 })).toBe(1)
})

test('at 15 % the worst position is halved, once per 15 minutes', () => {
  expect(plan(0.1501)).toEqual({ warns: false, close: [], halve: undefined })
  expect(plan(0.15)).toEqual({ warns: true, close: [], halve: 'large-loss' })
  expect(plan(0.1, noon - 14 * 60_000)).toEqual({ warns: true, close: [], halve: undefined })
  expect(plan(0.1, noon - 15 * 60_000).halve).toBe('large-loss')
})

test('at 3.5 % everything on that margin is closed', () => {
  expect(plan(0.0351).close).toEqual([])
  expect(plan(0.035).close).toEqual(['small-loss', 'large-loss', 'gain'])
  expect(plan(-1).close).toHaveLength(3)
})

test('a margin that is not known closes nothing', () => {
  expect(plan(Number.NaN)).toEqual({ warns: false, close: [], halve: undefined })
})

test('the distance to the liquidation price has a sign', () => {
  expect(liquidationDistance({ side: 'long', markPrice: 100, liquidationPrice: 90 })).toBeCloseTo(0.1, 12)
  expect(liquidationDistance({ side: 'short', markPrice: 100, liquidationPrice: 110 })).toBeCloseTo(0.1, 12)
  expect(liquidationDistance({ side: 'long', markPrice: 80, liquidationPrice: 90 })).toBeLessThan(0)
})
