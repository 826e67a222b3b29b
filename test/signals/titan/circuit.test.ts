import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  afterAnswer,
  afterFailure,
  isThere,
  mayAsk,
  type SourceHealth,
  unasked,
} from '#src/signals/titan/circuit.ts'

const minute = 60_000
const failing = (times: number, atMs = 0) =>
  Array.from({ length: times }).reduce<SourceHealth>((health) => afterFailure(health, atMs), unasked)

test('a source that nobody has asked may be asked, and is not there yet', () => {
  expect(mayAsk(unasked, 0)).toBe(true)
  expect(isThere(unasked, { nowMs: 0, everyMs: minute })).toBe(false)
})

test.each([
  [1, 0],
  [2, 0],
  [3, 10],
  [4, 20],
  [5, 40],
  [6, 60],
  [60, 60],
])('after %i failures in a row nobody asks for %i minutes', (failures, minutes) => {
  const health = failing(failures)
  expect(mayAsk(health, minutes * minute)).toBe(true)
  if (minutes > 0) expect(mayAsk(health, minutes * minute - 1)).toBe(false)
})

test('it is there from its answer on, until it fails or two of its intervals have passed in silence', () => {
  const health = afterAnswer(1_000)
  const at = (nowMs: number) => isThere(health, { nowMs, everyMs: 5 * minute })
  expect([at(1_000), at(1_000 + 10 * minute - 1), at(1_000 + 10 * minute)]).toEqual([true, true, false])
  expect(isThere(afterFailure(health, 2_000), { nowMs: 2_000, everyMs: 5 * minute })).toBe(false)
})

test('an answer closes the circuit, whatever came before; and who is not asked is never taken to be there', () => {
  const steps = fc.array(
    fc.record({ ms: fc.integer({ min: 0, max: 2 * 3_600_000 }), answers: fc.boolean() }),
    { maxLength: 50 },
  )
  fc.assert(
    fc.property(steps, (outcomes) => {
      let [health, now] = [unasked, 0]
      for (const { ms, answers } of outcomes) {
        now += ms
        if (!mayAsk(health, now)) {
          expect(isThere(health, { nowMs: now, everyMs: 5 * minute })).toBe(false)
          continue
        }
        health = answers ? afterAnswer(now) : afterFailure(health, now)
        expect(isThere(health, { nowMs: now, everyMs: 5 * minute })).toBe(answers)
        expect((health.retryAtMs ?? now) - now).toBeLessThanOrEqual(60 * minute)
      }
      expect(mayAsk(health, now + 60 * minute)).toBe(true)
    }),
  )
})
