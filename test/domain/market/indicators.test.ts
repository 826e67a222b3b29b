import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Candle } from '#src/domain/candle.ts'
import { Adx } from '#src/domain/market/adx.ts'
import { Atr } from '#src/domain/market/atr.ts'
import { Bollinger } from '#src/domain/market/bollinger.ts'
import { Ema } from '#src/domain/market/ema.ts'
import { Macd } from '#src/domain/market/macd.ts'
import { Rsi } from '#src/domain/market/rsi.ts'
import { series } from '#src/domain/market/series.ts'
import { dailyVolatility, RealizedVolatility } from '#src/domain/market/volatility.ts'
import { candlesFrom } from '../build.ts'

const closes = fc.array(fc.double({ min: 1, max: 1000, noNaN: true }), { minLength: 60, maxLength: 120 })

/** Candles with random shadows around random closes. */
const candles = closes.chain((prices) =>
  fc
    .array(
      fc.tuple(fc.double({ min: 0, max: 0.1, noNaN: true }), fc.double({ min: 0, max: 0.1, noNaN: true })),
      {
        minLength: prices.length,
        maxLength: prices.length,
      },
    )
    .map((shadows) =>
      candlesFrom(prices).map((candle, i) => ({
        ...candle,
        high: Math.max(candle.open, candle.close) * (1 + (shadows[i]?.[0] ?? 0)),
        low: Math.min(candle.open, candle.close) * (1 - (shadows[i]?.[1] ?? 0)),
      })),
    ),
)

test('every indicator says NaN until its history is complete, and from then on never', () => {
  const one: Candle[] = candlesFrom(Array.from({ length: 80 }, (_, i) => 100 + Math.sin(i)))
  const prices = one.map((candle) => candle.close)
  const cases: [string, number[], number][] = [
    ['ema', series(new Ema(21), prices), 20],
    ['rsi', series(new Rsi(14), prices), 14],
    ['macd', series(new Macd(), prices).map((value) => value.macd), 25],
    ['histogram', series(new Macd(), prices).map((value) => value.histogram), 33],
    ['atr', series(new Atr(14), one), 14],
    ['adx', series(new Adx(14), one), 27],
    ['bollinger', series(new Bollinger(), prices).map((value) => value.upper), 19],
    ['volatility', series(new RealizedVolatility(), prices), 48],
  ]
  for (const [name, values, silent] of cases)
    expect(
      values.findIndex((value) => !Number.isNaN(value)),
      name,
    ).toBe(silent)
  for (const [name, values, silent] of cases)
    expect(values.slice(silent).some(Number.isNaN), name).toBe(false)
})

test('EMA 10 of the StockCharts example', () => {
  const prices = [
    22.27, 22.19, 22.08, 22.17, 22.18, 22.13, 22.23, 22.43, 22.24, 22.29, 22.15, 22.39, 22.38, 22.61, 23.36,
    24.05, 23.75, 23.83, 23.95, 23.63,
  ]
  const expected = [22.22, 22.21, 22.24, 22.27, 22.33, 22.52, 22.8, 22.97, 23.13, 23.28, 23.34]
  const values = series(new Ema(10), prices).slice(9)
  for (const [i, value] of values.entries()) expect(value).toBeCloseTo(expected[i] ?? 0, 2)
})

test('RSI 14 of the StockCharts example', () => {
  const prices = [
    44.3389, 44.0902, 44.1497, 43.6124, 44.3278, 44.8264, 45.0955, 45.4245, 45.8433, 46.0826, 45.8931,
    46.0328, 45.614, 46.282, 46.282, 46.0028, 46.0328, 46.4116, 46.2222, 45.6439,
  ]
  const expected = [70.53, 66.32, 66.55, 69.41, 66.36, 57.97]
  const values = series(new Rsi(14), prices).slice(14)
  for (const [i, value] of values.entries()) expect(value).toBeCloseTo(expected[i] ?? 0, 1)
})

test('RSI: only gains are 100, only losses 0, and stillness 50', () => {
  const steps = Array.from({ length: 20 }, (_, i) => i)
  expect(
    series(
      new Rsi(14),
      steps.map((i) => 100 + i),
    ).at(-1),
  ).toBe(100)
  expect(
    series(
      new Rsi(14),
      steps.map((i) => 100 - i),
    ).at(-1),
  ).toBe(0)
  expect(
    series(
      new Rsi(14),
      steps.map(() => 100),
    ).at(-1),
  ).toBe(50)
})

test('ATR ignores the first candle, counts gaps, and smooths after Wilder', () => {
  const range = (high: number, low: number, close: number) => ({ high, low, close })
  const atr = new Atr(2)
  const values = [range(20, 5, 10), range(12, 9, 11), range(17, 14, 15), range(15, 11, 12)].map((one) =>
    atr.next(one),
  )
  // True ranges: none, 3, 6 (from the close of 11), 4.
  expect(values.slice(2)).toEqual([4.5, 4.25])
})

test('MACD is the gap of two averages, and its signal their average', () => {
  fc.assert(
    fc.property(closes, (prices) => {
      const fast = series(new Ema(12), prices)
      const slow = series(new Ema(26), prices)
      const lines = series(new Macd(), prices)
      const gaps = prices.map((_, i) => (fast[i] ?? 0) - (slow[i] ?? 0)).slice(25)
      const signals = series(new Ema(9), gaps)
      for (const [i, line] of lines.slice(25).entries()) {
        expect(line.macd).toBe(gaps[i])
        expect(line.signal).toEqual(signals[i])
      }
    }),
  )
})

test('Bollinger bands are the mean and two population deviations of the window', () => {
  fc.assert(
    fc.property(closes, (prices) => {
      const last = series(new Bollinger(20, 2), prices).at(-1)
      const window = prices.slice(-20)
      const mean = window.reduce((sum, price) => sum + price, 0) / 20
      const deviation = Math.sqrt(window.reduce((sum, price) => sum + (price - mean) ** 2, 0) / 20)
      expect(last?.middle).toBeCloseTo(mean, 8)
      expect(last?.upper).toBeCloseTo(mean + 2 * deviation, 8)
      expect(last?.lower).toBeCloseTo(mean - 2 * deviation, 8)
    }),
  )
})

/** ADX from its definition, over whole lists. */
function adxByDefinition(list: readonly Candle[], period: number): number {
  const moves = list.slice(1).map((candle, i) => {
    const before = list[i] ?? candle
    const up = candle.high - before.high
    const down = before.low - candle.low
    const range = Math.max(
      candle.high - candle.low,
      Math.abs(candle.high - before.close),
      Math.abs(candle.low - before.close),
    )
    return [up > down && up > 0 ? up : 0, down > up && down > 0 ? down : 0, range] as const
  })
  const smooth = (values: number[]) => {
    const out = [values.slice(0, period).reduce((sum, value) => sum + value, 0)]
    for (const value of values.slice(period)) out.push((out.at(-1) ?? 0) * (1 - 1 / period) + value)
    return out
  }
  const [plus, minus, range] = [0, 1, 2].map((k) => smooth(moves.map((move) => move[k] ?? 0)))
  const dx = (range ?? []).map((tr, i) => {
    const up = (100 * (plus?.[i] ?? 0)) / tr
    const down = (100 * (minus?.[i] ?? 0)) / tr
    return up + down === 0 ? 0 : (100 * Math.abs(up - down)) / (up + down)
  })
  let adx = dx.slice(0, period).reduce((sum, value) => sum + value, 0) / period
  for (const value of dx.slice(period)) adx = (adx * (period - 1) + value) / period
  return adx
}

test('ADX agrees with its definition and stays within 0 and 100', () => {
  fc.assert(
    fc.property(candles, (list) => {
      const value = series(new Adx(14), list).at(-1) ?? Number.NaN
      expect(value).toBeCloseTo(adxByDefinition(list, 14), 6)
      expect(value).toBeGreaterThanOrEqual(0)
      expect(value).toBeLessThanOrEqual(100)
    }),
  )
})

test('averages and RSI stay within what they average; ATR within the widest range', () => {
  fc.assert(
    fc.property(candles, (list) => {
      const prices = list.map((candle) => candle.close)
      const slack = 1e-9 * Math.max(...prices)
      const ema = series(new Ema(21), prices).at(-1) ?? 0
      expect(ema).toBeGreaterThanOrEqual(Math.min(...prices) - slack)
      expect(ema).toBeLessThanOrEqual(Math.max(...prices) + slack)
      const rsi = series(new Rsi(14), prices).at(-1) ?? 0
      expect(rsi).toBeGreaterThanOrEqual(0)
      expect(rsi).toBeLessThanOrEqual(100)
      const atr = series(new Atr(14), list).at(-1) ?? 0
      expect(atr).toBeLessThanOrEqual(Math.max(...list.map((candle) => candle.high)))
      expect(atr).toBeGreaterThanOrEqual(0)
    }),
  )
})

test('daily volatility is the root of the mean squared hourly return times 24, without drift', () => {
  fc.assert(
    fc.property(closes, (prices) => {
      const window = prices.slice(-49)
      const squares = window.slice(1).map((price, i) => Math.log(price / (window[i] ?? price)) ** 2)
      const expected = Math.sqrt((squares.reduce((sum, square) => sum + square, 0) / 48) * 24)
      expect(dailyVolatility(prices)).toBeCloseTo(expected, 9)
      expect(series(new RealizedVolatility(), prices).at(-1)).toBeCloseTo(expected, 9)
    }),
  )
  expect(dailyVolatility(Array.from({ length: 48 }, () => 1))).toBeNull()
  expect(dailyVolatility(Array.from({ length: 49 }, () => 1))).toBe(0)
})
