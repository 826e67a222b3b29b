import fc from 'fast-check'
import * as technicalindicators from 'technicalindicators'
import * as tradingSignals from 'trading-signals'
import { describe, expect, test } from 'vitest'
import type { Candle } from '#src/domain/candle.ts'
import { Adx } from '#src/domain/market/adx.ts'
import { Atr } from '#src/domain/market/atr.ts'
import { Bollinger } from '#src/domain/market/bollinger.ts'
import { Ema } from '#src/domain/market/ema.ts'
import { Macd } from '#src/domain/market/macd.ts'
import { Rsi } from '#src/domain/market/rsi.ts'
import { series } from '#src/domain/market/series.ts'
import { walk } from '../walk.ts'

describe('the vectors of Tulip Indicators (tests/untest.txt of its repository)', () => {
  const high = [
    82.15, 81.89, 83.03, 83.3, 83.85, 83.9, 83.33, 84.3, 84.84, 85.0, 85.9, 86.58, 86.98, 88.0, 87.87,
  ]
  const low = [
    81.29, 80.64, 81.31, 82.65, 83.07, 83.11, 82.49, 82.3, 84.15, 84.11, 84.03, 85.39, 85.76, 87.17, 87.01,
  ]
  const close = [
    81.59, 81.06, 82.87, 83.0, 83.61, 83.15, 82.84, 83.99, 84.55, 84.36, 85.53, 86.54, 86.89, 87.77, 87.29,
  ]
  const bars = close.map((last, i) => ({ high: high[i] ?? 0, low: low[i] ?? 0, close: last }))
  // Tulip counts the first bar's own range, and no movement for it: for us that is a bar like it before the first.
  const doubled = [bars[0] as (typeof bars)[0], ...bars]

  function expectSeries(values: readonly number[], expected: readonly number[]) {
    expect(values).toHaveLength(expected.length)
    for (const [i, value] of values.entries()) expect(value).toBeCloseTo(expected[i] ?? 0, 2.9)
  }

  test('RSI 5', () => {
    expectSeries(
      series(new Rsi(5), close).slice(5),
      [72.034, 64.927, 75.936, 79.796, 74.713, 83.033, 87.478, 88.755, 91.483, 78.498],
    )
  })

  test('ATR 5', () => {
    expectSeries(
      series(new Atr(5), doubled).slice(5),
      [1.116, 1.051, 1.009, 1.207, 1.136, 1.086, 1.243, 1.233, 1.23, 1.206, 1.137],
    )
  })

  test('ADX 5', () => {
    expectSeries(
      series(new Adx(5), doubled).slice(9),
      [41.384, 44.288, 49.422, 54.918, 59.987, 65.292, 67.355],
    )
  })

  test('Bollinger 5', () => {
    const bands = series(new Bollinger(5, 2), close).slice(4)
    expectSeries(
      bands.map(({ lower }) => lower),
      [80.53, 80.987, 82.533, 82.472, 82.418, 82.435, 82.511, 83.143, 83.536, 83.87, 85.289],
    )
    expectSeries(
      bands.map(({ upper }) => upper),
      [84.322, 84.489, 83.655, 84.164, 84.838, 85.121, 85.997, 86.845, 87.612, 88.566, 88.319],
    )
  })
})

/** Markets of 240 candles at any price, some of them calm and some wild. */
const walks = fc
  .record({
    seed: fc.nat(),
    start: fc.double({ min: 0.01, max: 100_000, noNaN: true }),
    swing: fc.double({ min: 0.0005, max: 0.05, noNaN: true }),
  })
  .map(({ seed, start, swing }) => walk(seed, 240, { start, swing }))

/** Compares the ends of two series: `others` has no value where ours is NaN. */
function expectSame(ours: readonly number[], others: readonly number[], tolerance: number) {
  const known = ours.filter((value) => !Number.isNaN(value))
  expect(known.length).toBe(others.length)
  for (const [i, value] of known.entries())
    expect(Math.abs(value - (others[i] ?? Number.NaN))).toBeLessThanOrEqual(tolerance)
}

function scale(list: readonly Candle[]): number {
  return Math.max(...list.map(({ high }) => high))
}

describe('technicalindicators 3.1.0 says the same where it is exact', () => {
  const closesOf = (list: readonly Candle[]) => list.map(({ close }) => close)

  test('EMA, MACD and Bollinger', () => {
    fc.assert(
      fc.property(walks, (list) => {
        const [values, dust] = [closesOf(list), 1e-11 * scale(list)]
        expectSame(
          series(new Ema(21), values),
          technicalindicators.EMA.calculate({ period: 21, values }),
          dust,
        )
        const theirs = technicalindicators.MACD.calculate({
          values,
          fastPeriod: 12,
          slowPeriod: 26,
          signalPeriod: 9,
          SimpleMAOscillator: false,
          SimpleMASignal: false,
        })
        const ours = series(new Macd(), values)
        expectSame(
          ours.map(({ macd }) => macd),
          theirs.map((value) => value.MACD ?? Number.NaN),
          dust,
        )
        expectSame(
          ours.map(({ signal }) => signal),
          theirs.flatMap(({ signal }) => signal ?? []),
          dust,
        )
        const bands = technicalindicators.BollingerBands.calculate({ period: 20, stdDev: 2, values })
        expectSame(
          series(new Bollinger(), values).map(({ upper }) => upper),
          bands.map(({ upper }) => upper),
          dust,
        )
      }),
      { numRuns: 12 },
    )
  })

  test('ATR and ADX; RSI to the two decimals it is rounded to', () => {
    fc.assert(
      fc.property(walks, (list) => {
        const [high, low, close] = [list.map((one) => one.high), list.map((one) => one.low), closesOf(list)]
        const atr = technicalindicators.ATR.calculate({ period: 14, high, low, close })
        expectSame(series(new Atr(14), list), atr, 1e-11 * scale(list))
        const adx = technicalindicators.ADX.calculate({ period: 14, high, low, close })
        expectSame(
          series(new Adx(14), list),
          adx.map((value) => value.adx),
          1e-8,
        )
        const rsi = technicalindicators.RSI.calculate({ period: 14, values: close })
        expectSame(series(new Rsi(14), close), rsi, 0.005 + 1e-9)
      }),
      { numRuns: 12 },
    )
  })
})

describe('trading-signals 8.3.0 says the same where it begins as we do, or once that is forgotten', () => {
  test('RSI and Bollinger from the first value on', () => {
    fc.assert(
      fc.property(walks, (list) => {
        const rsi = new tradingSignals.RSI(14)
        const bands = new tradingSignals.BollingerBands(20, 2)
        const [ours, ourBands] = [new Rsi(14), new Bollinger()]
        for (const { close } of list) {
          const [their, own] = [rsi.update(close, false), ours.next(close)]
          if (!Number.isNaN(own)) expect(Math.abs(own - Number(their))).toBeLessThan(1e-8)
          const [theirBand, ownBand] = [bands.update(close, false), ourBands.next(close)]
          if (!Number.isNaN(ownBand.lower))
            expect(Math.abs(ownBand.lower - Number(theirBand?.lower))).toBeLessThan(1e-11 * scale(list))
        }
      }),
      { numRuns: 12 },
    )
  })

  test('ATR with a candle before the first; EMA and MACD, which it seeds with the first price, after 200 candles', () => {
    fc.assert(
      fc.property(walks, (list) => {
        const atr = new tradingSignals.ATR(14)
        const ema = new tradingSignals.EMA(21)
        const macd = new tradingSignals.MACD(
          new tradingSignals.EMA(12),
          new tradingSignals.EMA(26),
          new tradingSignals.EMA(9),
        )
        const [ourAtr, ourEma, ourMacd] = [new Atr(14), new Ema(21), new Macd()]
        // It counts the first candle's own range: for us, one that follows a close within it.
        ourAtr.next(list[0] as Candle)
        for (const [i, candle] of list.entries()) {
          const [theirAtr, ownAtr] = [atr.update(candle, false), ourAtr.next(candle)]
          if (!Number.isNaN(ownAtr))
            expect(Math.abs(ownAtr - Number(theirAtr))).toBeLessThan(1e-10 * scale(list))
          const [theirEma, ownEma] = [ema.update(candle.close, false), ourEma.next(candle.close)]
          const [theirMacd, ownMacd] = [macd.update(candle.close, false), ourMacd.next(candle.close)]
          if (i < 200) continue
          expect(Math.abs(ownEma - Number(theirEma))).toBeLessThan(1e-7 * scale(list))
          expect(Math.abs(ownMacd.macd - Number(theirMacd?.macd))).toBeLessThan(1e-6 * scale(list))
        }
      }),
      { numRuns: 12 },
    )
  })
})
