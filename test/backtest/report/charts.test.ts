import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { unpackCandles } from '#src/backtest/report/browser/unpack-candles.ts'
import { CandleBucket, lengthFor } from '#src/backtest/report/candle-bucket.ts'
import { ChartSampler } from '#src/backtest/report/chart-sampler.ts'
import type { ChartSeries } from '#src/backtest/report/chart-series.ts'
import { holdCurve } from '#src/backtest/report/hold-curve.ts'
import { pricePage } from '#src/backtest/report/price-page.ts'
import { dayMs, hourMs, newYear, run, trade } from '../summary/build.ts'

const stepMs = 300_000

test.each([
  [dayMs, 288, 0, stepMs],
  [dayMs, 24, 0, hourMs],
  [dayMs, 25, 0, hourMs],
  [dayMs, 24, 2 * hourMs, 2 * hourMs],
  [3_650 * dayMs, 1_000, 0, 7 * dayMs],
  [365_000 * dayMs, 1_000, 0, 365 * dayMs],
])(
  'a span of %i ms in at most %i candles, none under %i, takes candles of %i',
  (span, count, least, length) => {
    expect(lengthFor(span, count, least)).toBe(length)
  },
)

describe('longer candles', () => {
  const shape = fc.record({
    prices: fc.array(
      fc.record({ open: price(), high: price(), low: price(), close: price(), skip: fc.nat(3) }),
      {
        minLength: 1,
        maxLength: 80,
      },
    ),
    factor: fc.constantFrom(1, 2, 3, 12, 288),
  })

  test('keep first open, last close, and every high and low; nothing is lost and nothing invented', () => {
    fc.assert(
      fc.property(shape, ({ prices, factor }) => {
        const bucket = new CandleBucket(factor * stepMs)
        let time = newYear
        for (const { open, high, low, close, skip } of prices) {
          time += (1 + skip) * stepMs
          bucket.add(time, open, high, low, close)
        }
        const { candles } = bucket
        expect(candles[0]?.open).toBe(prices[0]?.open)
        expect(candles.at(-1)?.close).toBe(prices.at(-1)?.close)
        expect(Math.max(...candles.map(({ high }) => high))).toBe(Math.max(...prices.map(({ high }) => high)))
        expect(Math.min(...candles.map(({ low }) => low))).toBe(Math.min(...prices.map(({ low }) => low)))
        const times = candles.map(({ time_ms }) => time_ms)
        expect(times).toEqual([...new Set(times)].sort((a, b) => a - b))
        expect(times.every((each) => each % (factor * stepMs) === 0)).toBe(true)
      }),
    )
  })
})

describe('the candles of a report', () => {
  const made = run({
    days: 120,
    trades: [
      trade({ entry_time_ms: newYear + 10 * hourMs, exit_time_ms: newYear + 11 * hourMs, pnl: 1 }),
      trade({ entry_time_ms: newYear + 12 * hourMs, exit_time_ms: newYear + 40 * dayMs, pnl: -90 }),
    ],
  })

  function sampled(from: typeof made, symbols = ['BTC/USDT']): ChartSeries[] {
    const sampler = new ChartSampler({ ...from, settings: { ...from.settings, symbols } })
    for (const symbol of symbols)
      for (let i = 0; i < 120 * 288; i += 1)
        sampler.add(symbol, newYear + i * stepMs, 100 + i, 102 + i, 99 + i, 101 + i)
    return sampler.series()
  }

  test('cover the span in long ones, and each trade with a margin in short ones where it is short', () => {
    const [series] = sampled(made)
    expect(series?.interval_ms).toBe(4 * hourMs)
    expect(series?.candles).toHaveLength(720)
    const short = series?.closeUps.find((each) => each.trade === 0)
    expect(short?.interval_ms).toBe(stepMs)
    expect(short?.candles[0]?.time_ms).toBe(newYear + 8.5 * hourMs)
    expect(short?.candles.at(-1)?.time_ms).toBe(newYear + 12.5 * hourMs)
    const long = series?.closeUps.find((each) => each.trade === 1)
    expect(long?.interval_ms).toBe(6 * hourMs)
    expect(long?.candles.length).toBeLessThanOrEqual(241)
  })

  test('are bounded however many symbols and trades there are, the trades that moved the account most coming first', () => {
    const trades = Array.from({ length: 3_000 }, (_, i) =>
      trade({
        entry_time_ms: newYear + i * stepMs * 11,
        exit_time_ms: newYear + i * stepMs * 11 + hourMs,
        pnl: i % 2 === 0 ? i : -i,
      }),
    )
    const series = sampled({ ...made, trades }, ['BTC/USDT', 'ETH/USDT'])
    const closeUps = series.flatMap((each) => each.closeUps)
    expect(closeUps.reduce((sum, each) => sum + each.candles.length, 0)).toBeLessThanOrEqual(56_000)
    expect(series.every(({ candles }) => candles.length <= 1_000)).toBe(true)
    const shown = closeUps.map((each) => each.trade)
    expect(Math.min(...shown)).toBe(3_000 - shown.length)
  })

  test('of a symbol that is not the run’s are passed over, and a symbol without candles has none', () => {
    const sampler = new ChartSampler(made)
    sampler.add('DOGE/USDT', newYear, 1, 1, 1, 1)
    expect(sampler.series()).toMatchObject([{ symbol: 'BTC/USDT', candles: [] }])
  })
})

test('packed candles unpack to what they were, to a hundred-thousandth of the highest price', () => {
  const candles = fc.array(fc.tuple(price(), price(), price(), price(), fc.nat(3)), {
    minLength: 1,
    maxLength: 50,
  })
  fc.assert(
    fc.property(candles, fc.integer({ min: -6, max: 4 }), (rows, power) => {
      let time_ms = newYear
      const series: ChartSeries = {
        symbol: 'X/Y',
        interval_ms: stepMs,
        closeUps: [],
        candles: rows.map(([a, b, c, d, skip]) => {
          time_ms += (1 + skip) * stepMs
          const [low, open, close, high] = [a, b, c, d]
            .sort((x, y) => x - y)
            .map((each) => each * 10 ** power)
          return { time_ms, open: open ?? 0, high: high ?? 0, low: low ?? 0, close: close ?? 0 }
        }),
      }
      const [packed] = pricePage({ trades: [], stops: [] }, [series]).symbols
      if (!packed) throw new Error('a series is a symbol of the page')
      const highest = Math.max(...series.candles.map(({ high }) => high))
      for (const [i, candle] of unpackCandles(packed, 10 ** packed.decimals).entries()) {
        const original = series.candles[i]
        expect(candle.time * 1_000).toBe(original?.time_ms)
        for (const name of ['open', 'high', 'low', 'close'] as const)
          expect(Math.abs(candle[name] - (original?.[name] ?? 0))).toBeLessThanOrEqual(highest * 1e-5)
      }
      expect(packed.moves).toHaveLength(5 * rows.length)
    }),
  )
})

test('a trade is drawn with every sale, and at most so many moves of its stop, the first and the last among them', () => {
  const moves = Array.from({ length: 40_000 }, (_, i) => ({ time_ms: newYear + i * 1_000, price: i + 1 }))
  const { trades } = pricePage(
    { trades: [trade(), trade({ side: 'short' })], stops: [moves, [{ time_ms: newYear, price: null }]] },
    [],
  )
  expect(trades[0]?.stops).toHaveLength(15_000)
  expect(trades[0]?.stops[0]).toEqual([newYear / 1_000, 1])
  expect(trades[0]?.stops.at(-1)?.[1]).toBe(40_000)
  expect(trades[1]).toMatchObject({ direction: -1, stops: [[newYear / 1_000, null]] })
  expect(trades[0]?.exits).toEqual([[(newYear + 2 * hourMs) / 1_000, 110, 'Take profit']])
})

describe('buy and hold', () => {
  const candle = (day: number, open: number, close: number) => ({
    time_ms: newYear + day * dayMs,
    open,
    high: Math.max(open, close),
    low: Math.min(open, close),
    close,
  })
  const charts = [
    { symbol: 'A/U', interval_ms: dayMs, closeUps: [], candles: [candle(0, 100, 150), candle(1, 150, 200)] },
    { symbol: 'B/U', interval_ms: dayMs, closeUps: [], candles: [candle(0, 10, 5), candle(1, 5, 10)] },
  ]

  test('is worth equal parts of the symbols at their last closes, and knows no close before its candle ends', () => {
    const times = [0, 0.5, 1, 1.9, 2, 5].map((day) => newYear + day * dayMs)
    expect(holdCurve(charts, times, 1_000).map(({ equity }) => equity)).toEqual([
      1_000, 1_000, 1_000, 1_000, 1_500, 1_500,
    ])
    const alone = holdCurve(charts.slice(0, 1), times, 1_000)
    expect(alone.map(({ equity }) => equity)).toEqual([1_000, 1_000, 1_500, 1_500, 2_000, 2_000])
  })

  test('is unknown without candles', () => {
    expect(holdCurve([], [newYear], 1_000)).toEqual([])
  })
})

function price() {
  return fc.double({ min: 0.01, max: 100, noNaN: true })
}
