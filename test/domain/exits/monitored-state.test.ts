import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type HotState, mergeState, observe, takeLevels, tighter } from '#src/domain/exits/monitored-state.ts'
import { trailingStopPrice } from '#src/domain/exits/trailing-stop.ts'
import type { Side } from '#src/domain/side.ts'
import { exitRules, trailing, watched } from '../build.ts'

const price = fc.integer({ min: 1, max: 1000 })
const side = fc.constantFrom<Side>('long', 'short')

const view = (of: Side): fc.Arbitrary<HotState> =>
  fc.record({
    side: fc.constant(of),
    bestPrice: price,
    stopLoss: fc.option(price),
    takeProfit: fc.option(price),
    takenLevels: fc.subarray([1, 2, 3]),
    reevaluatedAtMs: fc.nat(3),
  })

const views = side.chain((of) => fc.tuple(view(of), view(of), view(of)))

test('two views merged cannot disagree: commutative, associative, idempotent', () => {
  fc.assert(
    fc.property(views, ([a, b, c]) => {
      expect(mergeState(a, a)).toEqual(a)
      expect(mergeState(a, b)).toEqual(mergeState(b, a))
      expect(mergeState(mergeState(a, b), c)).toEqual(mergeState(a, mergeState(b, c)))
    }),
    { numRuns: 2000 },
  )
})

test('a merge never loosens: the stop is as tight, the best as good, the levels as many as in either view', () => {
  fc.assert(
    fc.property(views, ([a, b]) => {
      const both = mergeState(a, b)
      expect(tighter(a.side, both.stopLoss, a.stopLoss)).toBe(both.stopLoss)
      expect(observe(both, a.bestPrice)).toBe(both)
      for (const level of [...a.takenLevels, ...b.takenLevels]) expect(both.takenLevels).toContain(level)
    }),
  )
})

test('any stop is tighter than none', () => {
  expect(tighter('long', null, 5)).toBe(5)
  expect(tighter('short', 5, null)).toBe(5)
  expect(tighter('long', 4, 5)).toBe(5)
  expect(tighter('short', 4, 5)).toBe(4)
})

test('a level is taken once', () => {
  const state = takeLevels(watched(), [2, 1])
  expect(state.takenLevels).toEqual([1, 2])
  expect(takeLevels(state, [2]).takenLevels).toEqual([1, 2])
})

test('a trailing stop never loosens, whatever the prices do', () => {
  const rules = exitRules({ trailing })
  const path = fc.array(fc.integer({ min: 9_000_000, max: 11_000_000 }), { minLength: 2, maxLength: 50 })
  fc.assert(
    fc.property(side, path, (of, cents) => {
      let state = watched({ side: of })
      let stop: number | null = null
      for (const price of cents) {
        state = observe(state, price / 100)
        const next = trailingStopPrice(state, rules)
        expect(tighter(of, next, stop)).toBe(next)
        stop = next
      }
    }),
  )
})
