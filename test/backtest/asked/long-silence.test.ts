import fc from 'fast-check'
import { expect, test } from 'vitest'
import { longSilence } from '#src/backtest/asked/long-silence.ts'
import { newYear, run, trade } from '../summary/build.ts'

const dayMs = 86_400_000
const refusal = (day: number, rule: string, reason: string) => ({
  time_ms: newYear + day * dayMs,
  symbol: 'BTC/USDT',
  action: 'BUY' as const,
  rule,
  reasons: [reason],
})
const endedAt = (day: number) =>
  trade({ entry_time_ms: newYear + (day - 1) * dayMs, exit_time_ms: newYear + day * dayMs })

test('the rule that refused most since the last trade is named with what it said first', () => {
  const skipped = [
    ...[1, 2, 3, 4].map((day) => refusal(day, 'validate', 'early')),
    ...[11, 12].map((day) => refusal(day, 'size', 'half-Kelly is below zero')),
    refusal(13, 'limits', 'five are open'),
  ]
  expect(longSilence(run({ days: 30, trades: [endedAt(10), endedAt(5)], skipped }))).toBe(
    'Nothing was traded after 2025-01-11: the rule size refused 2 of 3 signals, the first because half-Kelly is below zero.',
  )
})

test('of a run that never traded, that traded to its end, or that heard nothing, nothing is said', () => {
  const skipped = [refusal(20, 'size', 'x')]
  expect(longSilence(run({ days: 30, trades: [], skipped }))).toBeUndefined()
  expect(longSilence(run({ days: 30, trades: [endedAt(25)], skipped }))).toBeUndefined()
  expect(longSilence(run({ days: 30, trades: [endedAt(10)], skipped: [] }))).toBeUndefined()
})

test('it speaks only where three tenths of the time or more went by without a trade', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 30 }), (day) => {
      const said = longSilence(run({ days: 30, trades: [endedAt(day)], skipped: [refusal(30, 'size', 'x')] }))
      expect(said !== undefined).toBe(30 - day >= 9)
    }),
  )
})
