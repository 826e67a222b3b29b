import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { equityLines } from '#src/backtest/report/equity-lines.ts'
import { rangeOf } from '#src/backtest/report/range.ts'
import { summarize } from '#src/backtest/summary/summary.ts'
import { daily, dayMs, hourMs, newYear, run } from '../summary/build.ts'

const told = (made: ReturnType<typeof run>, hold = daily([])) => ({
  run: { ...made, hold },
  summary: summarize(made),
  charts: [],
  quote: 'USDT',
})

describe('the lines of the equity plot', () => {
  test('begin with the capital, and say how far below the peak the account stood', () => {
    const lines = equityLines(told(run({ equity: daily([1_100, 880, 1_210]) })))
    expect(lines.times).toEqual([0, 1, 2, 3].map((day) => newYear + day * dayMs))
    expect(lines.account).toEqual([1_000, 1_100, 880, 1_210])
    expect(lines.depth).toEqual([-0, -0, expect.closeTo(-0.2, 12), -0])
    expect(lines.hold).toEqual([])
  })

  test('take buy and hold at the account’s own moments, never one from after them', () => {
    const hold = [
      { time_ms: newYear + 12 * hourMs, equity: 900, exposure: 1 },
      { time_ms: newYear + 30 * hourMs, equity: 800, exposure: 1 },
      { time_ms: newYear + 48 * hourMs, equity: 700, exposure: 1 },
    ]
    expect(equityLines(told(run({ equity: daily([1, 2, 3]) }), hold)).hold).toEqual([1_000, 900, 700, 700])
  })

  test('are bounded, and lose neither the highest nor the lowest point nor the last', () => {
    const curves = fc.array(fc.double({ min: 1, max: 1e6, noNaN: true }), {
      minLength: 1_300,
      maxLength: 4_000,
    })
    fc.assert(
      fc.property(curves, (values) => {
        const { times, account, depth } = equityLines(told(run({ equity: daily(values) })))
        expect(times.length).toBeLessThanOrEqual(1_204)
        expect(depth).toHaveLength(times.length)
        expect(times).toEqual([...new Set(times)].sort((a, b) => a - b))
        expect(Math.max(...account)).toBe(Math.max(1_000, ...values))
        expect(Math.min(...account)).toBe(Math.min(1_000, ...values))
        expect(account.at(-1)).toBe(values.at(-1))
      }),
      { numRuns: 20 },
    )
  })
})

test('a scale holds its values between top and bottom, the higher above, and has a mark', () => {
  const values = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 30 })
  fc.assert(
    fc.property(values, (all) => {
      const { at, ticks } = rangeOf(all)
      const sorted = all.toSorted((a, b) => a - b)
      const places = sorted.map(at)
      for (const place of places) {
        expect(place).toBeGreaterThanOrEqual(-1e-6)
        expect(place).toBeLessThanOrEqual(1_000 + 1e-6)
      }
      expect(places).toEqual(places.toSorted((a, b) => b - a))
      expect(ticks.length).toBeGreaterThan(0)
    }),
  )
})
