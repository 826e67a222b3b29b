import fc from 'fast-check'
import { expect, test } from 'vitest'
import { tighter } from '#src/domain/exits/monitored-state.ts'
import { type ReevaluationMarket, reevaluate } from '#src/domain/exits/reevaluate.ts'
import { exitRules, noon, watched } from '../build.ts'

const rules = exitRules({ dynamicStops: true })
const state = watched({ stopLoss: 96_000, takeProfit: 110_000 })
const market: ReevaluationMarket = { candleOpenTimeMs: noon, price: 100_000, atr: 1500, regime: 'unknown' }

test('nothing changes with dynamic stops off, without ATR, or for a candle already read', () => {
  expect(reevaluate(state, market, exitRules()).changes).toEqual([])
  expect(reevaluate(state, { ...market, atr: null }, rules).changes).toEqual([])
  const once = reevaluate(state, market, rules).state
  expect(reevaluate(once, { ...market, atr: 100 }, rules)).toEqual({ state: once, changes: [] })
})

test('a wider market does not loosen the stop; the take profit follows it', () => {
  const { state: next, changes } = reevaluate(state, { ...market, atr: 2400 }, rules)
  expect(next).toMatchObject({ stopLoss: 96_000, takeProfit: 110_800 })
  expect(changes.map(({ type }) => type)).toEqual(['take_profit'])
})

test('a calmer market tightens the stop, and each change says what it did', () => {
  const { state: next, changes } = reevaluate(state, market, rules)
  expect(next).toMatchObject({ stopLoss: 97_000, takeProfit: 106_750, reevaluatedAtMs: noon })
  expect(changes).toEqual([
    {
      type: 'stop_loss',
      actionTaken: 'tightened',
      oldStopLoss: 96_000,
      newStopLoss: 97_000,
      oldTakeProfit: 110_000,
      newTakeProfit: 106_750,
      reason: 'ATR 1500.00, regime unknown',
    },
    {
      type: 'take_profit',
      actionTaken: 'moved',
      oldStopLoss: 96_000,
      newStopLoss: 97_000,
      oldTakeProfit: 110_000,
      newTakeProfit: 106_750,
      reason: 'ATR 1500.00, regime unknown',
    },
  ])
})

test('a stop is not moved through the price', () => {
  expect(reevaluate(state, { ...market, price: 97_000 }, rules).state.stopLoss).toBe(96_000)
  expect(reevaluate(state, { ...market, price: 97_000.01 }, rules).state.stopLoss).toBe(97_000)
})

test('what was switched off stays off', () => {
  const bare = watched()
  expect(reevaluate(bare, market, rules).state).toMatchObject({ stopLoss: null, takeProfit: null })
})

test('over any run of markets a stop never loosens and the take profit stays in its clamp', () => {
  const run = fc.array(
    fc.record({
      price: fc.integer({ min: 90_000, max: 115_000 }),
      atr: fc.option(fc.integer({ min: 1, max: 20_000 })),
      regime: fc.constantFrom(
        'trending' as const,
        'sideways' as const,
        'volatile' as const,
        'unknown' as const,
      ),
    }),
    { maxLength: 20 },
  )
  fc.assert(
    fc.property(fc.constantFrom('long' as const, 'short' as const), run, (side, markets) => {
      let now = watched(
        side === 'long'
          ? { stopLoss: 95_000, takeProfit: 110_000 }
          : { side, stopLoss: 105_000, takeProfit: 90_000 },
      )
      for (const [i, reading] of markets.entries()) {
        const next = reevaluate(now, { ...reading, candleOpenTimeMs: noon + i }, rules).state
        expect(tighter(side, next.stopLoss, now.stopLoss)).toBe(next.stopLoss)
        const profit = Math.abs((next.takeProfit ?? 0) / 100_000 - 1)
        expect(profit).toBeGreaterThan(0.0499)
        expect(profit).toBeLessThan(0.1501)
        now = next
      }
    }),
  )
})
