import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Decimal } from '#src/domain/decimal.ts'
import { boundsOf } from '#src/domain/exits/bounds.ts'
import { evaluateExit } from '#src/domain/exits/evaluate.ts'
import type { ExitHints } from '#src/domain/exits/exit-decision.ts'
import type { ExitRules } from '#src/domain/exits/exit-rules.ts'
import { type MonitoredState, observe, takeLevels } from '#src/domain/exits/monitored-state.ts'
import { trailingStopPrice } from '#src/domain/exits/trailing-stop.ts'
import { exitRules, noon, partials, trailing, watched } from '../build.ts'

const hour = 3_600_000

function at(
  price: number,
  state: Partial<MonitoredState>,
  rules: Partial<ExitRules> = {},
  hints?: ExitHints,
  nowMs = noon,
) {
  return evaluateExit(watched(state), price, nowMs, exitRules(rules), hints)
}

test('without rules nothing ever fires', () => {
  for (const price of [1, 100_000, 10_000_000])
    expect(at(price, {}, {}, undefined, noon + 1e12)).toBeUndefined()
})

test('nothing fires for what is already on its way out', () => {
  expect(at(1, { quantity: '0', stopLoss: 98_000 })).toBeUndefined()
})

test('a stop is hit at its price, not only beyond it', () => {
  expect(at(98_000.01, { stopLoss: 98_000 })).toBeUndefined()
  expect(at(98_000, { stopLoss: 98_000 })).toMatchObject({
    action: 'close',
    reason: 'stop_loss',
    quantity: '1',
    slots: ['close'],
  })
  expect(at(102_000, { side: 'short', stopLoss: 102_000 })).toMatchObject({
    reason: 'stop_loss',
    triggerPrice: 102_000,
  })
  expect(at(101_999.99, { side: 'short', stopLoss: 102_000 })).toBeUndefined()
})

test('the worked example: entry 100,000, peak 102,000, the stop trails at 100,980', () => {
  const state = observe(watched(), 102_000)
  const rules = exitRules({ trailing })
  expect(trailingStopPrice(state, rules)).toBe(100_980)
  expect(evaluateExit(state, 100_980.01, noon, rules)).toBeUndefined()
  expect(evaluateExit(state, 100_980, noon, rules)).toMatchObject({
    reason: 'trailing_stop',
    triggerPrice: 100_980,
  })
})

test('the trailing stop sleeps until half a percent of profit, then stays awake', () => {
  const rules = exitRules({ trailing })
  expect(trailingStopPrice(observe(watched(), 100_499.99), rules)).toBeNull()
  const awake = observe(watched(), 100_500)
  expect(trailingStopPrice(awake, rules)).toBe(99_495)
  expect(trailingStopPrice(observe(awake, 99_500), rules)).toBe(99_495)
})

test('a short trails from its lowest price', () => {
  const rules = exitRules({ trailing })
  const state = observe(observe(watched({ side: 'short' }), 98_000), 98_500)
  expect(trailingStopPrice(state, rules)).toBe(98_980)
  expect(evaluateExit(state, 98_980, noon, rules)).toMatchObject({ reason: 'trailing_stop' })
})

test('the first full close in the order wins', () => {
  const everything = { stopLoss: 101_000, takeProfit: 99_000, bestPrice: 102_000 }
  const rules = { trailing, partials, timeExitMs: 12 * hour }
  const hints = { liquidation: 'close', smartExit: 'reversal' } as const
  const late = noon + 12 * hour
  const reasons = [
    at(100_000, everything, rules, hints, late),
    at(100_000, everything, rules, { smartExit: 'reversal' }, late),
    at(100_000, { ...everything, stopLoss: null }, rules, { smartExit: 'reversal' }, late),
    at(103_000, { takeProfit: 103_000 }, rules, { smartExit: 'reversal' }, late),
    at(103_000, {}, rules, { smartExit: 'reversal' }, late),
    at(103_000, {}, rules, { smartExit: 'reversal' }),
    at(103_000, {}, rules, { liquidation: 'halve' }),
    at(103_000, {}, rules),
  ].map((exit) => exit?.reason)
  expect(reasons).toEqual([
    'liquidation',
    'stop_loss',
    'trailing_stop',
    'take_profit',
    'time_exit',
    'smart_exit:reversal',
    'liquidation',
    'partial_tp_3',
  ])
})

test('time is over at twelve hours', () => {
  const rules = { timeExitMs: 12 * hour }
  expect(at(100_000, {}, rules, undefined, noon + 12 * hour - 1)).toBeUndefined()
  expect(at(100_000, {}, rules, undefined, noon + 12 * hour)).toMatchObject({
    reason: 'time_exit',
    triggerPrice: null,
  })
})

test('spot dust is written off, reduce-only closes are sent however small', () => {
  const dust = { quantity: '0.00004', stopLoss: 99_000 }
  expect(at(99_000, dust)).toMatchObject({ action: 'write_off', quantity: '0' })
  expect(at(99_000, dust, { reduceOnly: true })).toMatchObject({ action: 'close', quantity: '0.00004' })
  expect(at(99_000, { ...dust, quantity: '0.000004' }, { reduceOnly: true })).toMatchObject({
    action: 'write_off',
  })
  expect(at(99_000, { ...dust, quantity: '0.123456789' })).toMatchObject({
    action: 'close',
    quantity: '0.12345',
  })
})

test('halving takes half, or everything when the venue refuses the half', () => {
  const hints = { liquidation: 'halve' } as const
  expect(at(100_000, {}, {}, hints)).toMatchObject({
    action: 'reduce',
    quantity: '0.5',
    reason: 'liquidation',
    slots: [],
  })
  expect(at(100_000, { quantity: '0.00008' }, { reduceOnly: true }, hints)).toMatchObject({
    action: 'close',
    quantity: '0.00008',
  })
})

const prices = fc.integer({ min: 8_000_000, max: 12_000_000 }).map((cents) => cents / 100)
const stopShare = fc.option(fc.double({ min: 0.001, max: 0.1, noNaN: true }), { nil: null })
const situation = fc
  .record({
    isLong: fc.boolean(),
    entry: prices,
    stop: stopShare,
    profit: stopShare,
    seen: fc.array(prices, { maxLength: 5 }),
    taken: fc.subarray([1, 2, 3]),
    quantity: fc
      .integer({ min: 1, max: 10_000_000 })
      .map((steps) => new Decimal(steps).times('0.00001').toString()),
    trails: fc.boolean(),
    levels: fc.integer({ min: 0, max: 3 }),
    hasTimeExit: fc.boolean(),
  })
  .map((draw) => {
    const direction = draw.isLong ? 1 : -1
    const start = watched({
      side: draw.isLong ? 'long' : 'short',
      entryPrice: draw.entry,
      bestPrice: draw.entry,
      quantity: draw.quantity,
      takenLevels: draw.taken,
      stopLoss: draw.stop === null ? null : draw.entry * (1 - direction * draw.stop),
      takeProfit: draw.profit === null ? null : draw.entry * (1 + direction * draw.profit),
    })
    const rules = exitRules({
      trailing: draw.trails ? trailing : null,
      partials: partials.slice(0, draw.levels),
      timeExitMs: draw.hasTimeExit ? 12 * hour : null,
    })
    return { state: draw.seen.reduce((state, price) => observe(state, price), start), rules }
  })

test('inside the bounds no rule fires and nothing a rule could see changes', () => {
  fc.assert(
    fc.property(
      situation,
      prices,
      fc.integer({ min: 0, max: 24 * hour }),
      ({ state, rules }, price, later) => {
        const bounds = boundsOf(state, rules)
        const nowMs = noon + later
        fc.pre(price > bounds.low && price < bounds.high && nowMs < bounds.untilMs)
        expect(evaluateExit(state, price, nowMs, rules)).toBeUndefined()
        expect(boundsOf(observe(state, price), rules)).toEqual(bounds)
      },
    ),
    { numRuns: 3000 },
  )
})

test('a position whose price only leaves its bounds to be judged exits as one judged at every price', () => {
  fc.assert(
    fc.property(situation, fc.array(prices, { minLength: 1, maxLength: 60 }), ({ state, rules }, path) => {
      const lazily = follow(path, { state, rules, isLazy: true })
      expect(lazily).toEqual(follow(path, { state, rules, isLazy: false }))
    }),
    { numRuns: 1000 },
  )
})

interface Walk {
  readonly state: MonitoredState
  readonly rules: ExitRules
  readonly isLazy: boolean
}

/** Walks a path of prices, a minute each, and books every exit at once. */
function follow(path: readonly number[], { state: start, rules, isLazy }: Walk): unknown[] {
  const exits: unknown[] = []
  let state = start
  let bounds = boundsOf(state, rules)
  for (const [i, price] of path.entries()) {
    const nowMs = noon + i * 60_000
    if (isLazy && price > bounds.low && price < bounds.high && nowMs < bounds.untilMs) continue
    state = observe(state, price)
    const exit = evaluateExit(state, price, nowMs, rules)
    if (exit !== undefined) {
      exits.push([i, exit])
      if (exit.action !== 'reduce') break
      const quantity = new Decimal(state.quantity).minus(exit.quantity).toString()
      state = { ...takeLevels(state, exit.levels), quantity }
    }
    bounds = boundsOf(state, rules)
  }
  return exits
}

test('a short is a long in the mirror', () => {
  fc.assert(
    fc.property(situation, prices, ({ state, rules }, price) => {
      // Reflected at the entry; exact on ticks because the entry is one.
      const mirror = (value: number) => Number((2 * state.entryPrice - value).toFixed(2))
      const turned: MonitoredState = {
        ...state,
        side: state.side === 'long' ? 'short' : 'long',
        bestPrice: mirror(state.bestPrice),
        stopLoss: state.stopLoss === null ? null : mirror(Math.round(state.stopLoss * 100) / 100),
        takeProfit: state.takeProfit === null ? null : mirror(Math.round(state.takeProfit * 100) / 100),
      }
      // The trailing distance is a share of the peak and minimums are of the price: neither is symmetric.
      const plain = { ...rules, trailing: null, minNotional: '0' }
      const rounded = {
        ...state,
        stopLoss: state.stopLoss === null ? null : Math.round(state.stopLoss * 100) / 100,
        takeProfit: state.takeProfit === null ? null : Math.round(state.takeProfit * 100) / 100,
      }
      const exit = evaluateExit(rounded, price, noon, plain)
      const turnedExit = evaluateExit(turned, mirror(price), noon, plain)
      fc.pre(isFarFromLevels(price, state, rules))
      expect(turnedExit?.reason).toBe(exit?.reason)
      expect(turnedExit?.quantity).toBe(exit?.quantity)
    }),
  )
})

/** Level prices round half up on both sides of the mirror; a cent beside them says nothing. */
function isFarFromLevels(price: number, state: MonitoredState, rules: ExitRules): boolean {
  return rules.partials.every(
    ({ profit }) => Math.abs(Math.abs(price - state.entryPrice) - state.entryPrice * profit) > 0.02,
  )
}
