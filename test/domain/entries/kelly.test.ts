import fc from 'fast-check'
import { expect, test } from 'vitest'
import { halfKelly, kellyFraction, readKelly } from '#src/domain/entries/kelly.ts'
import { noon } from '../build.ts'

const day = 86_400_000

/** `wins` trades of +2 % and `losses` of −1 %, one an hour, the newest first. */
function trades(wins: number, losses: number, newestAtMs = noon) {
  return Array.from({ length: wins + losses }, (_, i) => ({
    symbol: 'BTC/USDT',
    closedAtMs: newestAtMs - i * 3_600_000,
    closeReason: 'take_profit',
    profitRatio: i < wins ? 0.02 : -0.01,
  }))
}

test('nothing won, or nothing ever traded, stakes nothing', () => {
  expect(kellyFraction({ winRate: 0, averageWin: 0, averageLoss: 0.01 })).toBe(0)
  expect(kellyFraction({ winRate: 0.3, averageWin: 1, averageLoss: 1 })).toBe(0)
})

test('the worked example: f* = 0.19, half of it of 10,000 is 950', () => {
  const fraction = kellyFraction({ winRate: 0.55, averageWin: 100, averageLoss: 80 })
  expect(fraction).toBeCloseTo(0.19, 12)
  expect(halfKelly(10_000, fraction)).toBeCloseTo(950, 9)
})

test('twenty trades, or under 50 of equity, are too little to learn from', () => {
  expect(readKelly({ trades: trades(10, 10), equity: 1000, marketNowMs: noon })).toBeUndefined()
  expect(readKelly({ trades: trades(11, 10), equity: 49.99, marketNowMs: noon })).toBeUndefined()
  expect(readKelly({ trades: trades(11, 10), equity: 50, marketNowMs: noon })?.trades).toBe(21)
})

test('trades older than 30 days do not count, and of the younger ones the newest 100 do', () => {
  expect(
    readKelly({ trades: trades(21, 0, noon - 30 * day), equity: 100, marketNowMs: noon }),
  ).toBeUndefined()
  const kelly = readKelly({ trades: trades(100, 50), equity: 100, marketNowMs: noon })
  expect(kelly).toMatchObject({ trades: 100, winRate: 1, averageLoss: 0, fraction: 0.25 })
})

test('the trades are forgotten when only twenty are younger than 30 days', () => {
  const kelly = readKelly({ trades: trades(0, 30), equity: 100, marketNowMs: noon })
  expect(kelly?.fraction).toBe(0)
  const at = kelly?.forgottenAtMs ?? 0
  expect(readKelly({ trades: trades(0, 30), equity: 100, marketNowMs: at - 1 })).toBeDefined()
  expect(readKelly({ trades: trades(0, 30), equity: 100, marketNowMs: at })).toBeUndefined()
})

test('the fraction stays within 0 and a quarter', () => {
  const ratio = fc.double({ min: 0, max: 1, noNaN: true })
  fc.assert(
    fc.property(ratio, ratio, ratio, (winRate, averageWin, averageLoss) => {
      const fraction = kellyFraction({ winRate, averageWin, averageLoss })
      expect(fraction).toBeGreaterThanOrEqual(0)
      expect(fraction).toBeLessThanOrEqual(0.25)
    }),
  )
})
