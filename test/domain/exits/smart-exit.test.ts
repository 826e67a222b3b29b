import { expect, test } from 'vitest'
import type { Candle } from '#src/domain/candle.ts'
import { smartExit } from '#src/domain/exits/smart-exit.ts'
import { candlesFrom, drifting } from '../build.ts'

/** The candles upside down, around 200. */
function turned(candles: readonly Candle[]): Candle[] {
  return candles.map((one) => ({
    ...one,
    open: 200 - one.open,
    high: 200 - one.low,
    low: 200 - one.high,
    close: 200 - one.close,
  }))
}

function ending(...last: Partial<Candle>[]): Candle[] {
  const candles = candlesFrom(drifting(100, 0.0005, 60))
  const tail = candles.slice(-last.length).map((candle, i) => ({ ...candle, ...last[i] }))
  return [...candles.slice(0, -last.length), ...tail]
}

test('a quiet market, or too little of one, asks for nothing', () => {
  expect(smartExit('long', [])).toBeUndefined()
  expect(smartExit('long', ending({}))).toBeUndefined()
  expect(smartExit('short', ending({}))).toBeUndefined()
})

test('an engulfing candle that closes beyond EMA 9 reverses the position it stands against', () => {
  const engulfed = ending(
    { open: 102.8, close: 103, high: 103.1, low: 102.7 },
    { open: 103, close: 102, high: 103.1, low: 101.9 },
  )
  expect(smartExit('long', engulfed)).toBe('reversal')
  expect(smartExit('short', engulfed)).toBeUndefined()
  expect(smartExit('short', turned(engulfed))).toBe('reversal')
})

test('an engulfing candle that closes on the right side of EMA 9 is only noise', () => {
  const above = ending(
    { open: 103.4, close: 103.5, high: 103.6, low: 103.3 },
    { open: 103.5, close: 103.39, high: 103.6, low: 103.3 },
  )
  expect(smartExit('long', above)).toBeUndefined()
})

test('momentum fades: a histogram that shrinks three times while RSI falls back through 70', () => {
  const closes = [...drifting(100, 0.0001, 40), ...drifting(100.4, 0.004, 12)]
  const top = closes.at(-1) ?? 0
  const fading = candlesFrom([...closes, top * 1.002, top * 1.003, top * 0.997, top * 0.985], {
    shadow: 0.01,
  })
  expect(smartExit('long', fading)).toBe('momentum_fade')
  expect(smartExit('short', fading)).toBeUndefined()
  expect(smartExit('short', turned(fading))).toBe('momentum_fade')
})

test('a candle against the position wider than 3 ATR is a spike; one with it is not', () => {
  const crash = ending({ open: 102.8, close: 101, high: 102.9, low: 100.9 })
  expect(smartExit('long', crash)).toBe('volatility_spike')
  expect(smartExit('short', crash)).toBeUndefined()
  expect(smartExit('short', turned(crash))).toBe('volatility_spike')
})
