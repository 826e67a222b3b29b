import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { timeInMarketMs } from '#src/backtest/summary/exposure.ts'
import { monthsOf } from '#src/backtest/summary/months.ts'
import { type Summary, summarize } from '#src/backtest/summary/summary.ts'
import { summaryText } from '#src/backtest/summary/text.ts'
import { anyTrades, daily, dayMs, hourMs, newYear, run, trade } from './build.ts'

describe('a run without a trade', () => {
  const summary = summarize(run())

  test('has a summary without a figure that cannot be', () => {
    expect(summary).toMatchObject({
      trades: 0,
      profit_total: 0,
      final_equity: 1_000,
      cagr: 0,
      sharpe: null,
      sortino: null,
      calmar: null,
      sqn: null,
      max_drawdown: 0,
      max_drawdown_quote: 0,
      drawdown: { recovered_ms: null, length_ms: 0, longest_ms: 0 },
      exposure: 0,
      mean_exposure: null,
      best_trade: null,
      worst_trade: null,
      per_symbol: [],
      per_close_reason: [],
      skipped: 0,
    })
    expect(summary.per_month).toEqual([{ month: '2025-01', trades: 0, profit_total: 0, return: 0 }])
  })

  test('still says what holding would have earned', () => {
    expect(summary.buy_and_hold.return).toBeCloseTo(-0.1, 12)
    expect(summaryText(summary)).toContain('−10.00 %')
  })
})

test('buy and hold is the mean of the symbols, and its drawdown is told where its curve is known', () => {
  const symbols = [
    { symbol: 'BTC/USDT', first: 100, last: 150 },
    { symbol: 'ETH/USDT', first: 10, last: 8 },
  ]
  const { buy_and_hold } = summarize(run({ symbols }))
  expect(buy_and_hold.return).toBeCloseTo(0.15, 12)
  expect(buy_and_hold.per_symbol.map((each) => each.symbol)).toEqual(['BTC/USDT', 'ETH/USDT'])
  expect(buy_and_hold.max_drawdown).toBeNull()
  expect(
    summarize({ ...run({ symbols }), hold: daily([1_000, 700, 1_150]) }).buy_and_hold.max_drawdown,
  ).toBeCloseTo(0.3, 12)
  expect(summarize(run({ symbols: [] })).buy_and_hold.return).toBeNull()
})

describe('the drawdown', () => {
  const drawdown = { ratio: 0.2, from_ms: newYear + 2 * dayMs, to_ms: newYear + 3 * dayMs }

  test('lasts until its peak is seen again', () => {
    const equity = daily([1_050, 1_100, 880, 1_000, 1_100, 1_090])
    expect(summarize(run({ equity, drawdown }))).toMatchObject({
      max_drawdown: 0.2,
      max_drawdown_quote: 220,
      drawdown: {
        from_ms: newYear + 2 * dayMs,
        to_ms: newYear + 3 * dayMs,
        recovered_ms: newYear + 5 * dayMs,
        length_ms: 3 * dayMs,
        longest_ms: 3 * dayMs,
      },
    })
  })

  test('lasts until the end when its peak is not seen again', () => {
    const equity = daily([1_050, 1_100, 880, 1_000])
    expect(summarize(run({ equity, drawdown })).drawdown).toMatchObject({
      recovered_ms: null,
      length_ms: 8 * dayMs,
    })
  })
})

test('the best and the worst trade are so by their share of the entry cost', () => {
  const trades = [
    trade({ symbol: 'BTC/USDT', pnl: 50, profit_ratio: 0.01 }),
    trade({ symbol: 'ETH/USDT', pnl: 5, profit_ratio: 0.2 }),
    trade({ symbol: 'DOGE/USDT', pnl: -1, profit_ratio: -0.3 }),
  ]
  expect(summarize(run({ trades }))).toMatchObject({
    best_trade: { symbol: 'ETH/USDT', pnl: 5 },
    worst_trade: { symbol: 'DOGE/USDT', pnl: -1 },
  })
})

test('what the end of the candles closed is counted apart', () => {
  expect(summarize(run({ trades: [trade(), trade({ is_open: true })] }))).toMatchObject({
    trades: 2,
    open_at_end: 1,
  })
})

test('signals not taken are counted by the rule that refused, the most frequent first', () => {
  const skip = (rule: string) => ({
    time_ms: newYear,
    symbol: 'BTC/USDT',
    action: 'BUY' as const,
    rule,
    reasons: [],
  })
  const skipped = ['validate', 'limits', 'validate', 'portfolio'].map(skip)
  expect(summarize(run({ skipped }))).toMatchObject({
    skipped: 4,
    skipped_by_rule: [
      { rule: 'validate', count: 2 },
      { rule: 'limits', count: 1 },
      { rule: 'portfolio', count: 1 },
    ],
  })
})

describe('time in the market', () => {
  const stay = (from: number, to: number) => ({ entry_time_ms: from, exit_time_ms: to })

  test.each([
    [[], 0],
    [[stay(0, 10)], 10],
    [[stay(0, 10), stay(2, 5)], 10],
    [[stay(5, 12), stay(0, 10)], 12],
    [[stay(0, 3), stay(7, 9)], 5],
    [[stay(4, 4)], 0],
  ])('of %j is %i', (stays, ms) => {
    expect(timeInMarketMs(stays)).toBe(ms)
  })

  test('is that of any order, at least the longest stay, and at most all of them together', () => {
    fc.assert(
      fc.property(anyTrades, (trades) => {
        const lengths = trades.map(({ entry_time_ms, exit_time_ms }) => exit_time_ms - entry_time_ms)
        const time = timeInMarketMs(trades)
        expect(time).toBe(timeInMarketMs(trades.toReversed()))
        expect(time).toBeGreaterThanOrEqual(Math.max(0, ...lengths))
        expect(time).toBeLessThanOrEqual(lengths.reduce((sum, each) => sum + each, 0))
      }),
    )
  })
})

describe('months', () => {
  const at = (text: string, equity: number) => ({ time_ms: Date.parse(`${text}Z`), equity })

  test('run from the first to the last, also without a trade, and midnight ends the one before', () => {
    const months = monthsOf({
      capital: 1_000,
      from_ms: Date.parse('2024-11-10T00:00Z'),
      to_ms: Date.parse('2025-02-01T00:00Z'),
      trades: [
        trade({ pnl: 100, exit_time_ms: Date.parse('2024-12-01T00:00Z') }),
        trade({ pnl: -11, exit_time_ms: Date.parse('2025-01-05T00:00Z') }),
      ],
      equity: [at('2024-11-20T00:00', 900), at('2024-12-01T00:00', 1_100), at('2025-02-01T00:00', 1_089)],
    })
    expect(months).toEqual([
      { month: '2024-11', trades: 1, profit_total: 100, return: expect.closeTo(0.1, 12) },
      { month: '2024-12', trades: 0, profit_total: 0, return: 0 },
      { month: '2025-01', trades: 1, profit_total: -11, return: expect.closeTo(-0.01, 12) },
    ])
  })

  test('hold every trade once, and multiply to the whole change', () => {
    const curves = fc.array(fc.double({ min: 1, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 120 })
    fc.assert(
      fc.property(anyTrades, curves, (trades, values) => {
        const months = monthsOf({
          trades,
          capital: 1_000,
          equity: daily(values),
          from_ms: newYear,
          to_ms: newYear + values.length * dayMs,
        })
        expect(months.reduce((sum, each) => sum + each.trades, 0)).toBe(trades.length)
        const product = months.reduce((all, each) => all * (1 + (each.return ?? 0)), 1)
        expect(product / ((values.at(-1) ?? 0) / 1_000)).toBeCloseTo(1, 6)
      }),
    )
  })
})

test('whatever was traded, the JSON holds no number that JSON has no word for', () => {
  fc.assert(
    fc.property(
      anyTrades,
      fc.array(fc.double({ min: -100, max: 1e6, noNaN: true }), { maxLength: 20 }),
      (trades, values) => {
        const summary = summarize(run({ trades, equity: daily(values), days: 20 }))
        expect(notFinite(summary)).toEqual([])
        expect(summary.exposure).toBeGreaterThanOrEqual(0)
        expect(summary.exposure).toBeLessThanOrEqual(1)
        expect(summaryText(summary)).not.toMatch(/NaN|Infinity|null|undefined/)
      },
    ),
  )
})

test('the table for the terminal says the figures in words, one line each', () => {
  const trades = [
    trade({ pnl: 30, fees: 1 }),
    trade({
      symbol: 'ETH/USDT',
      pnl: -20,
      fees: 1,
      close_reason: 'stop_loss',
      exit_time_ms: newYear + 9 * hourMs,
    }),
  ]
  const text = summaryText(
    summarize(
      run({
        trades,
        equity: daily([1_030, 1_010]),
        drawdown: { ratio: 0.0194, from_ms: newYear + dayMs, to_ms: newYear + 2 * dayMs },
      }),
    ),
  )
  expect(text).toMatch(/2025-01-01 00:00 to 2025-01-11 00:00 UTC \(10 d\)/)
  expect(text).toMatch(/Profit after fees +\+10\.00 \(\+1\.00 %\) +Win rate +50\.00 %/)
  expect(text).toMatch(/Max drawdown +1\.94 % \(19\.98\)/)
  expect(text).toMatch(/Worst trade +−20\.00 % ETH\/USDT/)
  expect(text).toMatch(/Per symbol +trades +win rate +profit/)
  expect(text).toMatch(/Stop loss +1 +1 +0\.0 % +−20\.00/)
})

function notFinite(value: unknown, path = 'summary'): string[] {
  if (typeof value === 'number') return Number.isFinite(value) ? [] : [`${path} is ${value}`]
  if (value === undefined) return [`${path} is undefined`]
  if (value === null || typeof value !== 'object') return []
  return Object.entries(value as Summary).flatMap(([key, each]) => notFinite(each, `${path}.${key}`))
}
