import { describe, expect, test } from 'vitest'
import { evaluateExit } from '#src/domain/exits/evaluate.ts'
import type { ExitRules } from '#src/domain/exits/exit-rules.ts'
import type { MonitoredState } from '#src/domain/exits/monitored-state.ts'
import { exitRules, noon, partials, trailing, watched } from '../build.ts'

/** One case, told for a long of 1 BTC from 100,000 and for the short beside it. */
interface Case {
  readonly what: string
  readonly long: readonly [price: number, state: Partial<MonitoredState>]
  readonly short: readonly [price: number, state: Partial<MonitoredState>]
  readonly rules?: Partial<ExitRules>
  readonly exit: { readonly reason: string; readonly quantity: string; readonly action: string } | undefined
  readonly trigger?: readonly [long: number | null, short: number | null]
}

const close = (reason: string, quantity = '1') => ({ reason, quantity, action: 'close' })
const reduce = (reason: string, quantity: string) => ({ reason, quantity, action: 'reduce' })
const futures = { reduceOnly: true }
const stops = { stopLoss: 98_000, takeProfit: 110_000 }
const shortStops = { stopLoss: 102_000, takeProfit: 90_000 }

const cases: readonly Case[] = [
  {
    what: 'a gap through the stop is a stop at the price that came',
    long: [90_000, stops],
    short: [110_000, shortStops],
    exit: close('stop_loss'),
    trigger: [98_000, 102_000],
  },
  {
    what: 'a gap through the trailing stop, the stop loss and the entry is the stop loss',
    long: [97_000, { ...stops, bestPrice: 104_000 }],
    short: [103_000, { ...shortStops, bestPrice: 96_000 }],
    rules: { trailing },
    exit: close('stop_loss'),
    trigger: [98_000, 102_000],
  },
  {
    what: 'a gap through the trailing stop alone is the trailing stop',
    long: [98_500, { ...stops, bestPrice: 104_000 }],
    short: [101_500, { ...shortStops, bestPrice: 96_000 }],
    rules: { trailing },
    exit: close('trailing_stop'),
    trigger: [102_960, 96_960],
  },
  {
    what: 'a tick before the activation nothing trails',
    long: [99_499.99, { bestPrice: 100_499.99 }],
    short: [100_500.01, { bestPrice: 99_500.01 }],
    rules: { trailing },
    exit: undefined,
  },
  {
    what: 'a gap over all three levels is one order for their sum',
    long: [104_000, stops],
    short: [96_000, shortStops],
    rules: { partials },
    exit: reduce('partial_tp_3', '0.90625'),
    trigger: [103_000, 97_000],
  },
  {
    what: 'a gap over two levels, one of which is taken, is the other',
    long: [102_500, { ...stops, takenLevels: [1], quantity: '0.75' }],
    short: [97_500, { ...shortStops, takenLevels: [1], quantity: '0.75' }],
    rules: { partials },
    exit: reduce('partial_tp_2', '0.375'),
    trigger: [102_000, 98_000],
  },
  {
    what: 'a gap over the levels and the take profit is the take profit of everything',
    long: [111_000, stops],
    short: [89_000, shortStops],
    rules: { partials },
    exit: close('take_profit'),
    trigger: [110_000, 90_000],
  },
  {
    what: 'a level is reached at its price, not only beyond it',
    long: [101_000, stops],
    short: [99_000, shortStops],
    rules: { partials },
    exit: reduce('partial_tp_1', '0.25'),
  },
  {
    what: 'time closes what a level would only reduce',
    long: [101_000, { ...stops, openedAtMs: noon - 12 * 3_600_000 }],
    short: [99_000, { ...shortStops, openedAtMs: noon - 12 * 3_600_000 }],
    rules: { partials, timeExitMs: 12 * 3_600_000 },
    exit: close('time_exit'),
    trigger: [null, null],
  },
  {
    what: 'what the fee has left is sold in whole steps, and the rest is dust',
    long: [98_000, { ...stops, quantity: '0.00998001' }],
    short: [102_000, { ...shortStops, quantity: '0.00998001' }],
    exit: close('stop_loss', '0.00998'),
  },
  {
    what: 'a rest under the minimum of spot is written off at its stop',
    long: [98_000, { ...stops, quantity: '0.00004' }],
    short: [102_000, { ...shortStops, quantity: '0.00004' }],
    exit: { reason: 'stop_loss', quantity: '0', action: 'write_off' },
  },
  {
    what: 'the same rest on futures is closed: reduce-only orders are free of the minimum',
    long: [98_000, { ...stops, quantity: '0.00004' }],
    short: [102_000, { ...shortStops, quantity: '0.00004' }],
    rules: futures,
    exit: close('stop_loss', '0.00004'),
  },
  {
    what: 'a remainder under the minimum goes with the part',
    long: [103_000, { ...stops, quantity: '0.0001', takenLevels: [1, 2] }],
    short: [97_000, { ...shortStops, quantity: '0.0001', takenLevels: [1, 2] }],
    rules: { partials },
    exit: close('partial_tp_3', '0.0001'),
  },
  {
    what: 'a part under the minimum waits',
    long: [101_000, { ...stops, quantity: '0.0001' }],
    short: [99_000, { ...shortStops, quantity: '0.0001' }],
    rules: { partials },
    exit: undefined,
  },
]

describe.each(['long', 'short'] as const)('a %s', (side) => {
  test.each(cases)('$what', ({ rules, exit, trigger, ...sides }) => {
    const [price, state] = sides[side]
    const start = watched({ side, ...state })
    const found = evaluateExit(start, price, noon, exitRules(rules))
    if (exit === undefined) return expect(found).toBeUndefined()
    expect(found).toMatchObject({ ...exit, price })
    if (trigger !== undefined) expect(found?.triggerPrice).toBe(trigger[side === 'long' ? 0 : 1])
  })
})
