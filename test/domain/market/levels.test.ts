import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Candle } from '#src/domain/candle.ts'
import { levelsOf } from '#src/domain/market/levels.ts'
import { walk } from '../walk.ts'
import '../../seed.ts'

const candles = (...rows: readonly [low: number, high: number][]): Candle[] =>
  rows.map(([low, high], i) => ({ openTimeMs: i, open: low, high, low, close: (low + high) / 2, volume: 1 }))

test('support and resistance are the nearest turns under and above the last close', () => {
  const found = levelsOf(
    candles([9, 12], [8, 13], [5, 20], [8, 13], [9, 12], [8, 15], [7, 16], [8, 14], [9, 13], [10, 12]),
  )
  expect(found).toEqual({ support: 7, resistance: 16 })
})

test('a turn takes two candles on either side, and a market that only rises has none above it', () => {
  expect(levelsOf([])).toEqual({ support: null, resistance: null })
  expect(levelsOf(candles([9, 12], [5, 20], [8, 13], [9, 12]))).toEqual({ support: null, resistance: null })
  expect(levelsOf(candles([1, 2], [2, 3], [3, 4], [4, 5], [5, 6], [6, 7]))).toEqual({
    support: null,
    resistance: null,
  })
})

test('they lie on either side of the last close, at a low and a high of the window', () => {
  fc.assert(
    fc.property(fc.nat(), (seed) => {
      const list = walk(seed, 50)
      const close = list.at(-1)?.close ?? 0
      const { support, resistance } = levelsOf(list)
      if (support !== null) expect(list.some(({ low }) => low === support) && support < close).toBe(true)
      if (resistance !== null)
        expect(list.some(({ high }) => high === resistance) && resistance > close).toBe(true)
    }),
  )
})
