import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { ClosedTrade } from '#src/domain/entries/decision.ts'
import {
  cooldown,
  lookBackOf,
  lowProfitPairs,
  maxDrawdown,
  type ProtectionQuestion,
  stoplossGuard,
} from '#src/domain/entries/protections.ts'
import { resolveSettings } from '#src/domain/trading-settings.ts'
import { noon } from '../build.ts'

const hour = 3_600_000
const { protections: pro } = resolveSettings({ market: 'futures', user: { profile: 'pro' } })
const { protections: none } = resolveSettings({ market: 'spot' })

function trade(hoursAgo: number, change: Partial<ClosedTrade> = {}): ClosedTrade {
  return {
    symbol: 'BTC/USDT',
    closedAtMs: noon - hoursAgo * hour,
    closeReason: 'stop_loss',
    profitRatio: -0.02,
    ...change,
  }
}

function asks(change: Partial<ProtectionQuestion> & { trades?: ClosedTrade[] } = {}): ProtectionQuestion {
  const { trades = [], ...rest } = change
  return { protections: pro, history: { trades, equity: [] }, symbol: 'BTC/USDT', marketNowMs: noon, ...rest }
}

const equity = (...points: [hoursAgo: number, equity: number][]) => ({
  trades: [],
  equity: points.map(([hoursAgo, value]) => ({ atMs: noon - hoursAgo * hour, equity: value })),
})

test('a symbol rests for its cooldown, others do not', () => {
  expect(cooldown(asks({ trades: [trade(0.2)] })).passed).toBe(false)
  expect(cooldown(asks({ trades: [trade(0.25)] })).passed).toBe(true)
  expect(cooldown(asks({ trades: [trade(0.1)], symbol: 'ETH/USDT' })).passed).toBe(true)
})

test('the fourth losing stop within a day pauses for four hours, counted from it', () => {
  const stops = [trade(1), trade(5), trade(10), trade(20)]
  expect(stoplossGuard(asks({ trades: stops })).reason).toContain('2025-06-11 15:00 UTC')
  expect(stoplossGuard(asks({ trades: stops, marketNowMs: noon + 3 * hour })).passed).toBe(true)
  expect(stoplossGuard(asks({ trades: stops.slice(1) })).passed).toBe(true)
  expect(stoplossGuard(asks({ trades: [trade(1), trade(2), trade(3), trade(26)] })).passed).toBe(true)
})

test('a trailing stop in profit and other exits do not count', () => {
  const stops = [trade(1), trade(2), trade(3)]
  expect(
    stoplossGuard(asks({ trades: [...stops, trade(4, { closeReason: 'trailing_stop', profitRatio: 0.01 })] }))
      .passed,
  ).toBe(true)
  expect(stoplossGuard(asks({ trades: [...stops, trade(4, { closeReason: 'time_exit' })] })).passed).toBe(
    true,
  )
  expect(stoplossGuard(asks({ trades: [...stops, trade(4, { closeReason: 'trailing_stop' })] })).passed).toBe(
    false,
  )
})

test('a new low 15 % under the week’s peak pauses for a day; staying down does not pause again', () => {
  expect(maxDrawdown(asks({ history: equity([100, 1000], [20, 850]) })).passed).toBe(false)
  expect(maxDrawdown(asks({ history: equity([100, 1000], [20, 851]) })).passed).toBe(true)
  expect(maxDrawdown(asks({ history: equity([100, 1000], [30, 850], [10, 850], [1, 860]) })).passed).toBe(
    true,
  )
  expect(maxDrawdown(asks({ history: equity([100, 1000], [30, 850], [1, 840]) })).passed).toBe(false)
  expect(maxDrawdown(asks({ history: equity([169, 1000], [1, 850]) })).passed).toBe(true)
})

test('over any equity the last breach is the one that a plain search finds', () => {
  const curve = fc.array(fc.integer({ min: 60, max: 100 }), { minLength: 1, maxLength: 40 })
  fc.assert(
    fc.property(curve, fc.integer({ min: 1, max: 12 }), (values, lookback) => {
      const protections = {
        ...none,
        maxDrawdown: { drawdown: 0.15, lookbackMs: lookback * hour, pauseMs: 5 * hour },
      }
      const history = equity(...values.map((value, i): [number, number] => [values.length - i, value]))
      const breach = values.findLastIndex((value, i) => {
        const window = values.slice(Math.max(0, i - lookback + 1), i + 1)
        const since = window.slice(window.lastIndexOf(Math.max(...window)), -1)
        return since.length > 0 && value < Math.min(...since) && 1 - value / Math.max(...window) >= 0.15
      })
      const { passed, numbers } = maxDrawdown(asks({ protections, history }))
      expect(passed).toBe(breach === -1 || values.length - breach >= 5)
      if (!passed) expect(numbers.atMs).toBe(noon - (values.length - breach) * hour)
    }),
    { numRuns: 500 },
  )
})

test('a symbol that brought too little rests', () => {
  const protections = {
    ...none,
    lowProfitPairs: { minProfit: 0.01, minTrades: 2, lookbackMs: 24 * hour, pauseMs: 2 * hour },
  }
  const poor = [trade(1, { profitRatio: 0.02 }), trade(3, { profitRatio: -0.015 })]
  expect(lowProfitPairs(asks({ protections, trades: poor })).passed).toBe(false)
  expect(lowProfitPairs(asks({ protections, trades: poor, marketNowMs: noon + hour })).passed).toBe(true)
  expect(lowProfitPairs(asks({ protections, trades: poor.slice(0, 1) })).passed).toBe(true)
})

test('a pause lasts its whole time, also when what brought it has left the lookback', () => {
  // The peak is 167 h before the low: an hour later the week holds no peak any more.
  const fall = equity([172, 1000], [5, 840], [1, 841])
  expect(maxDrawdown(asks({ history: fall })).passed).toBe(false)
  expect(maxDrawdown(asks({ history: fall, marketNowMs: noon + 19 * hour - 1 })).passed).toBe(false)
  expect(maxDrawdown(asks({ history: fall, marketNowMs: noon + 19 * hour })).passed).toBe(true)
  const protections = {
    ...none,
    lowProfitPairs: { minProfit: 0.01, minTrades: 2, lookbackMs: 4 * hour, pauseMs: 6 * hour },
  }
  const poor = [trade(2), trade(5)]
  expect(lowProfitPairs(asks({ protections, trades: poor })).passed).toBe(false)
  expect(lowProfitPairs(asks({ protections, trades: poor, marketNowMs: noon + 4 * hour })).passed).toBe(true)
})

test('rules are given as much of the past as they look at', () => {
  expect(lookBackOf(none)).toEqual({ tradesMs: 720 * hour, equityMs: 0 })
  expect(lookBackOf(pro)).toEqual({ tradesMs: 720 * hour, equityMs: 192 * hour })
  const guard = { stops: 4, lookbackMs: 700 * hour, pauseMs: 100 * hour }
  expect(lookBackOf({ ...none, stoplossGuard: guard }).tradesMs).toBe(800 * hour)
})

test('a pause is told with the numbers that it rests on', () => {
  const { numbers } = maxDrawdown(asks({ history: equity([100, 1000], [20, 850]) }))
  expect(numbers).toMatchObject({ limit: 0.15, atMs: noon - 20 * hour, untilMs: noon + 4 * hour })
  expect(numbers.drawdown).toBeCloseTo(0.15, 12)
})

test('nothing is asked in ase', () => {
  const question = asks({ protections: none, trades: [trade(0), trade(0), trade(0), trade(0)] })
  for (const rule of [cooldown, stoplossGuard, maxDrawdown, lowProfitPairs])
    expect(rule(question).passed).toBe(true)
})
