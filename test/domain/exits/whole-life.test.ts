import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Decimal } from '#src/domain/decimal.ts'
import { evaluateExit } from '#src/domain/exits/evaluate.ts'
import type { ExitDecision, ExitHints } from '#src/domain/exits/exit-decision.ts'
import type { ExitRules } from '#src/domain/exits/exit-rules.ts'
import { type MonitoredState, observe, takeLevels, tighter } from '#src/domain/exits/monitored-state.ts'
import { type ReevaluationMarket, reevaluate } from '#src/domain/exits/reevaluate.ts'
import { trailingStopPrice } from '#src/domain/exits/trailing-stop.ts'
import { exitRules, noon, partials, trailing, watched } from '../build.ts'

const hour = 3_600_000

/** One moment of a position's life. */
interface Moment {
  readonly price: number
  readonly hints: ExitHints
  readonly reading: Omit<ReevaluationMarket, 'candleOpenTimeMs' | 'price'> | null
  /** Whether an exit that is due is carried out, or has to be asked for again. */
  readonly isDone: boolean
}

const moment = fc.record({
  price: fc.integer({ min: 9_300_000, max: 10_700_000 }).map((cents) => cents / 100),
  hints: fc.oneof(
    { weight: 8, arbitrary: fc.constant<ExitHints>({}) },
    fc.constantFrom<ExitHints>({ liquidation: 'halve' }, { liquidation: 'close' }, { smartExit: 'reversal' }),
  ),
  reading: fc.option(
    fc.record({
      atr: fc.integer({ min: 100, max: 5_000 }),
      regime: fc.constantFrom('trending' as const, 'sideways' as const, 'volatile' as const),
    }),
  ),
  isDone: fc.boolean(),
})

const life = fc.record({
  isLong: fc.boolean(),
  hundredThousandths: fc.integer({ min: 1, max: 300_000 }),
  reduceOnly: fc.boolean(),
  trails: fc.boolean(),
  levels: fc.integer({ min: 0, max: 3 }),
  moments: fc.array(moment, { minLength: 1, maxLength: 40 }),
})

type Life = typeof life extends fc.Arbitrary<infer T> ? T : never

/** Lives a life and gives every state it went through and every exit that was carried out. */
function live(of: Life): {
  readonly states: MonitoredState[]
  readonly exits: ExitDecision[]
  readonly rules: ExitRules
} {
  const rules = exitRules({
    trailing: of.trails ? trailing : null,
    partials: partials.slice(0, of.levels),
    timeExitMs: 12 * hour,
    dynamicStops: true,
    reduceOnly: of.reduceOnly,
  })
  const quantity = new Decimal(of.hundredThousandths).times('0.00001').toString()
  let state = watched({
    quantity,
    ...(of.isLong
      ? { stopLoss: 95_000, takeProfit: 106_000 }
      : { side: 'short', stopLoss: 105_000, takeProfit: 94_000 }),
  })
  const states = [state]
  const exits: ExitDecision[] = []
  for (const [i, { price, hints, reading, isDone }] of of.moments.entries()) {
    const nowMs = noon + i * 20 * 60_000
    state = observe(state, price)
    if (reading) state = reevaluate(state, { ...reading, price, candleOpenTimeMs: nowMs }, rules).state
    const exit = evaluateExit(Object.freeze(state), price, nowMs, Object.freeze(rules), hints)
    if (exit !== undefined && isDone) {
      exits.push(exit)
      const left = new Decimal(state.quantity).minus(exit.quantity)
      state = {
        ...takeLevels(state, exit.levels),
        quantity: exit.action === 'write_off' ? '0' : left.toString(),
      }
    }
    states.push(state)
    if (exit !== undefined && isDone && exit.action !== 'reduce') break
  }
  return { states, exits, rules }
}

test('what was opened is what left and what is left, over any path of parts, halvings and closes', () => {
  fc.assert(
    fc.property(life, (of) => {
      const { states, exits } = live(of)
      const start = new Decimal(states[0]?.quantity ?? 0)
      const gone = exits.reduce((sum, { quantity }) => sum.plus(quantity), new Decimal(0))
      const last = exits.at(-1)
      const left = new Decimal(states.at(-1)?.quantity ?? 0)
      if (last?.action === 'write_off') expect(gone.lte(start)).toBe(true)
      else expect(gone.plus(left).eq(start)).toBe(true)
      if (last?.action === 'close') expect(left.isZero()).toBe(true)
      expect(states.every(({ quantity }) => new Decimal(quantity).gte(0))).toBe(true)
      const levels = exits.flatMap((exit) => exit.levels)
      expect(new Set(levels).size).toBe(levels.length)
    }),
    { numRuns: 1_000 },
  )
}, 60_000)

test('a stop never loosens: neither the stop loss nor the trailing stop, whatever happens', () => {
  fc.assert(
    fc.property(life, (of) => {
      const { states, rules } = live(of)
      for (const [i, state] of states.entries()) {
        const before = states[i - 1] ?? state
        expect(tighter(state.side, state.stopLoss, before.stopLoss)).toBe(state.stopLoss)
        const [now, then] = [trailingStopPrice(state, rules), trailingStopPrice(before, rules)]
        expect(tighter(state.side, now, then)).toBe(now)
      }
    }),
    { numRuns: 1_000 },
  )
}, 60_000)

test('a short on the mirrored path leaves at the same moments, for the same reasons, with the same quantities', () => {
  fc.assert(
    fc.property(life, (drawn) => {
      // The trailing distance and the minimum are shares of the price: they have no mirror image.
      const of = { ...drawn, trails: false, reduceOnly: true, isLong: true }
      const mirror = (price: number) => Math.round((200_000 - price) * 100) / 100
      const turned = {
        ...of,
        isLong: false,
        moments: of.moments.map((one) => ({ ...one, price: mirror(one.price) })),
      }
      // A part under the minimum waits, which depends on the price: only sizes that are always above it.
      fc.pre(of.hundredThousandths > 2_000)
      const seen = ({ exits }: ReturnType<typeof live>) =>
        exits.map(({ reason, action, quantity, slots, price }) => ({
          reason,
          action,
          quantity,
          slots,
          price,
        }))
      expect(seen(live(turned)).map((exit) => ({ ...exit, price: mirror(exit.price) }))).toEqual(
        seen(live(of)),
      )
    }),
    { numRuns: 1_000 },
  )
}, 60_000)

test('the same moment gives the same exit', () => {
  fc.assert(
    fc.property(life, (of) => {
      expect(live(structuredClone(of))).toEqual(live(of))
    }),
  )
}, 60_000)
