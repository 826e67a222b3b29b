import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { reasonsOf } from '#src/backtest/summary/close-reasons.ts'
import { groupsOf } from '#src/backtest/summary/groups.ts'
import { figuresOf } from '#src/backtest/summary/trade-figures.ts'
import { anyTrades, hourMs, newYear, trade } from './build.ts'

describe('what some trades come to', () => {
  test('no trade has no rates, and sums of nothing', () => {
    expect(figuresOf([], 1_000)).toEqual({
      trades: 0,
      wins: 0,
      losses: 0,
      draws: 0,
      win_rate: null,
      profit_total: 0,
      profit_total_ratio: 0,
      profit_factor: null,
      expectancy: null,
      expectancy_ratio: null,
      mean_profit_ratio: null,
      median_profit_ratio: null,
      average_win: null,
      average_loss: null,
      fees: 0,
      funding: 0,
      average_holding_ms: null,
      median_holding_ms: null,
      longest_win_streak: 0,
      longest_loss_streak: 0,
    })
  })

  test('without a loss there is no profit factor, and no expectancy per unit of loss', () => {
    expect(figuresOf([trade({ pnl: 5 }), trade({ pnl: 0 })], 1_000)).toMatchObject({
      wins: 1,
      draws: 1,
      win_rate: 0.5,
      profit_factor: null,
      expectancy: 2.5,
      expectancy_ratio: null,
      average_loss: null,
    })
  })

  test('four trades by hand: 30 and 10 won, 20 and 5 lost', () => {
    const lengths = [1, 2, 3, 10]
    const results = [30, -20, 10, -5].map((pnl, i) =>
      trade({
        pnl,
        entry_time_ms: newYear + i * hourMs,
        exit_time_ms: newYear + i * hourMs + (lengths[i] ?? 0) * hourMs,
        fees: 0.2,
        funding: -0.1,
      }),
    )
    const figures = figuresOf(results, 1_000)
    expect(figures).toMatchObject({ trades: 4, wins: 2, losses: 2, draws: 0, win_rate: 0.5 })
    expect(figures).toMatchObject({ profit_total: 15, profit_total_ratio: 0.015, profit_factor: 40 / 25 })
    // 0.5 × 20 − 0.5 × 12.5 = 3.75, and (1 + 20 / 12.5) × 0.5 − 1 = 0.3
    expect(figures).toMatchObject({ average_win: 20, average_loss: -12.5, expectancy: 3.75 })
    expect(figures.expectancy_ratio).toBeCloseTo(0.3, 12)
    expect(figures.mean_profit_ratio).toBeCloseTo(0.0375, 12)
    expect(figures.median_profit_ratio).toBeCloseTo(0.025, 12)
    expect(figures.fees).toBeCloseTo(0.8, 12)
    expect(figures.funding).toBeCloseTo(-0.4, 12)
    expect(figures).toMatchObject({ average_holding_ms: 4 * hourMs, median_holding_ms: 2.5 * hourMs })
  })

  test.each([
    [[1, 2, 3, -1, -1, 5], 3, 2],
    [[1, 1, 0, 1], 2, 0],
    [[-1, -1, -1], 0, 3],
    [[0, 0], 0, 0],
  ])('of the results %j at most %i are won and %i lost in a row', (results, win, loss) => {
    const trades = results.map((pnl, i) => trade({ pnl, exit_time_ms: newYear + (i + 2) * hourMs }))
    expect(figuresOf(trades.toReversed(), 1_000)).toMatchObject({
      longest_win_streak: win,
      longest_loss_streak: loss,
    })
  })

  test('its sums agree with the trades, whatever their order', () => {
    fc.assert(
      fc.property(anyTrades, (trades) => {
        const figures = figuresOf(trades, 1_000)
        expect(figures.wins + figures.losses + figures.draws).toBe(trades.length)
        const won = (figures.average_win ?? 0) * figures.wins
        const lost = (figures.average_loss ?? 0) * figures.losses
        expect(won + lost).toBeCloseTo(figures.profit_total, 6)
        expect((figures.expectancy ?? 0) * trades.length).toBeCloseTo(figures.profit_total, 6)
        if (figures.profit_factor !== null) {
          expect(figures.profit_factor * -lost).toBeCloseTo(won, 6)
          expect(figures.profit_factor > 1).toBe(figures.profit_total > 0)
        }
        const again = figuresOf(trades.toReversed(), 1_000)
        expect(again.profit_total).toBeCloseTo(figures.profit_total, 6)
        expect({ wins: again.wins, median: again.median_profit_ratio }).toEqual({
          wins: figures.wins,
          median: figures.median_profit_ratio,
        })
        for (const value of Object.values(figures))
          expect(value === null || Number.isFinite(value)).toBe(true)
      }),
    )
  })
})

describe('groups', () => {
  test('part the trades without losing one, whatever they are grouped by', () => {
    fc.assert(
      fc.property(anyTrades, (trades) => {
        const all = figuresOf(trades, 1_000)
        for (const groups of [
          groupsOf(trades, 1_000, ({ symbol }) => symbol),
          groupsOf(trades, 1_000, ({ side }) => side),
          reasonsOf(trades, 1_000),
        ]) {
          const sum = (of: (group: (typeof groups)[number]) => number) =>
            groups.reduce((total, group) => total + of(group), 0)
          expect(sum((group) => group.trades)).toBe(all.trades)
          expect(sum((group) => group.wins)).toBe(all.wins)
          expect(sum((group) => group.profit_total)).toBeCloseTo(all.profit_total, 6)
          expect(sum((group) => group.fees)).toBeCloseTo(all.fees, 6)
        }
      }),
    )
  })

  test('come with the most trades first, then by name', () => {
    const trades = ['ETH/USDT', 'ADA/USDT', 'BTC/USDT', 'BTC/USDT'].map((symbol) => trade({ symbol }))
    const keys = groupsOf(trades, 1_000, ({ symbol }) => symbol).map(({ key }) => key)
    expect(keys).toEqual(['BTC/USDT', 'ADA/USDT', 'ETH/USDT'])
  })
})

test('a partial target counts its sales, and what they earned before fees, though it ended no trade', () => {
  const long = trade({
    pnl: 4.8,
    fees: 0.2,
    close_reason: 'stop_loss',
    exits: [
      { time_ms: newYear, price: 120, quantity: 0.5, reason: 'partial_tp_1' },
      { time_ms: newYear, price: 90, quantity: 0.5, reason: 'stop_loss' },
    ],
  })
  const short = trade({
    side: 'short',
    pnl: -10,
    close_reason: 'stop_loss',
    exits: [{ time_ms: newYear, price: 110, quantity: 1, reason: 'stop_loss' }],
  })
  expect(reasonsOf([long, short], 1_000)).toMatchObject([
    { key: 'stop_loss', exits: 2, exits_gross: -15, trades: 2, wins: 1, losses: 1 },
    { key: 'partial_tp_1', exits: 1, exits_gross: 10, trades: 0, win_rate: null },
  ])
})
