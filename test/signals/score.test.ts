import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Candle } from '#src/domain/candle.ts'
import { type JudgedSignal, scoreSignal } from '#src/signals/score.ts'

function candle(low: number, high: number, close: number): Candle {
  return { openTimeMs: 0, open: close, high, low, close, volume: 1 }
}

const long: JudgedSignal = { action: 'BUY', price: 100, stopLoss: 98, takeProfit: 104 }
const short: JudgedSignal = { action: 'SELL', price: 100, stopLoss: 102, takeProfit: 96 }
const bare: JudgedSignal = { action: 'BUY', price: 100, stopLoss: null, takeProfit: null }

describe('a signal is judged by what came first', () => {
  test.each([
    [
      'take profit before stop',
      long,
      [candle(99, 101, 100), candle(100, 104, 103), candle(90, 95, 91)],
      true,
      0.04,
    ],
    ['stop before take profit', long, [candle(98, 101, 100), candle(100, 110, 105)], false, -0.02],
    ['both in one candle count as the stop', long, [candle(97, 105, 104)], false, -0.02],
    ['a short mirrors a long', short, [candle(95.5, 100, 97)], true, 0.04],
    ['a short is stopped above', short, [candle(99, 102, 99)], false, -0.02],
    ['neither reached: the sign of the move', long, [candle(99, 103, 101)], true, 0.01],
    ['without targets: the sign of the move', bare, [candle(50, 150, 99)], false, -0.01],
  ] as const)('%s', (_, signal, candles, isHit, move) => {
    const score = scoreSignal(signal, candles)
    expect(score?.isHit).toBe(isHit)
    expect(score?.move).toBeCloseTo(move, 12)
  })

  test('there is no verdict without candles', () => {
    expect(scoreSignal(long, [])).toBeUndefined()
  })

  test('what is a hit for a long is a miss for the mirrored short', () => {
    const price = fc.double({ min: 50, max: 150, noNaN: true })
    fc.assert(
      fc.property(fc.array(fc.tuple(price, price, price), { minLength: 1, maxLength: 20 }), (rows) => {
        const candles = rows.map((row) => {
          const [low, close, high] = row.toSorted((a, b) => a - b) as [number, number, number]
          return candle(low, high, close)
        })
        const up = scoreSignal({ ...long, stopLoss: null }, candles)
        const mirrored = scoreSignal({ action: 'SELL', price: 100, stopLoss: 104, takeProfit: null }, candles)
        if (up?.isHit && up.move === 0.04) expect(mirrored?.isHit).toBe(false)
        expect(Math.sign(up?.move ?? 0)).toBe(-Math.sign(mirrored?.move ?? 0) || 0)
      }),
    )
  })
})
