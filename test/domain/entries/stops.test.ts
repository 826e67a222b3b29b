import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ownStops, type StopsQuestion, stopsFor } from '#src/domain/entries/stops.ts'
import { tickOf } from '#src/domain/tick.ts'

const dynamic = { stopLoss: 0.02, takeProfit: 0.1, dynamicStops: true }

function question(change: Partial<StopsQuestion> = {}): StopsQuestion {
  return {
    side: 'long',
    entryPrice: 1000,
    tick: tickOf('0.01'),
    atr: 15,
    regime: 'unknown',
    settings: dynamic,
    ...change,
  }
}

test('a signal’s stop on the wrong side or outside the clamps is not used', () => {
  const plain = stopsFor(question())
  const wrong: [number, number][] = [
    [1010, 990],
    [985, 1040],
    [949.99, 1150.01],
  ]
  for (const [stopLoss, takeProfit] of wrong)
    expect(stopsFor(question(), { stopLoss, takeProfit })).toEqual(plain)
})

test('a signal’s stop inside the clamps is used, each of the two on its own', () => {
  expect(stopsFor(question(), { stopLoss: 980, takeProfit: 1150 })).toEqual({
    stopLoss: 980,
    takeProfit: 1150,
    from: 'signal',
  })
  expect(stopsFor(question(), { stopLoss: 960, takeProfit: 2000 })).toEqual({
    stopLoss: 960,
    takeProfit: 1067.5,
    from: 'signal',
  })
})

test('prices of another money mean nothing on this account', () => {
  const signal = { symbol: 'BTC/USDT', action: 'BUY', confidence: 1, reasoning: '', stopLoss: 97 } as const
  expect(ownStops(signal, 'EUR')).toEqual({})
  expect(ownStops(signal, 'USDC')).toMatchObject({ stopLoss: 97 })
})

test('ATR distances by regime: SL 2·ATR, TP 4.5·ATR, scaled, then clamped', () => {
  const cases: [StopsQuestion['regime'], number, number, number][] = [
    ['unknown', 15, 970, 1067.5],
    ['trending', 15, 976, 1087.75],
    ['sideways', 15, 964, 1050],
    ['volatile', 15, 955, 1101.25],
    ['unknown', 1, 980, 1050],
    ['unknown', 100, 950, 1150],
  ]
  for (const [regime, atr, stopLoss, takeProfit] of cases)
    expect(stopsFor(question({ regime, atr })), regime).toEqual({ stopLoss, takeProfit, from: 'atr' })
})

test('a short mirrors a long', () => {
  expect(stopsFor(question({ side: 'short' }))).toEqual({ stopLoss: 1030, takeProfit: 932.5, from: 'atr' })
})

test('fixed percentages are used as they are, without the signal’s own and without clamps', () => {
  const settings = { stopLoss: 0.1, takeProfit: 0.3, dynamicStops: false }
  expect(stopsFor(question({ settings }), { stopLoss: 970 })).toEqual({
    stopLoss: 900,
    takeProfit: 1300,
    from: 'fixed',
  })
})

test('null switches a stop off, dynamic or not', () => {
  for (const dynamicStops of [true, false]) {
    const settings = { stopLoss: null, takeProfit: null, dynamicStops }
    expect(stopsFor(question({ settings }), { stopLoss: 970 })).toMatchObject({
      stopLoss: null,
      takeProfit: null,
    })
  }
})

test('dynamic stops keep inside the clamps, on the right side of the entry', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 100, max: 100_000, noNaN: true }),
      fc.double({ min: 0, max: 0.5, noNaN: true }),
      fc.constantFrom('long' as const, 'short' as const),
      fc.constantFrom('trending' as const, 'sideways' as const, 'volatile' as const, 'unknown' as const),
      (entryPrice, share, side, regime) => {
        const { stopLoss, takeProfit } = stopsFor(
          question({ entryPrice, atr: entryPrice * share, side, regime }),
        )
        const direction = side === 'long' ? 1 : -1
        const stop = direction * (1 - (stopLoss ?? 0) / entryPrice)
        const profit = direction * ((takeProfit ?? 0) / entryPrice - 1)
        const tick = 0.0001
        expect(stop).toBeGreaterThan(0.02 - tick)
        expect(stop).toBeLessThan(0.05 + tick)
        expect(profit).toBeGreaterThan(0.05 - tick)
        expect(profit).toBeLessThan(0.15 + tick)
      },
    ),
  )
})
