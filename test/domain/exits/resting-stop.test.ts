import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { changeStops, type LiveStop, wantedStop } from '#src/domain/exits/resting-stop.ts'
import type { OrderState } from '#src/domain/order.ts'
import { tickOf } from '#src/domain/tick.ts'

const rules = { tick: tickOf('0.1'), stepSize: '0.01' }
const wanted = { price: 95, quantity: '1', reason: 'stop_loss' } as const

const stop = (plan: number, over: Partial<LiveStop> = {}): LiveStop => ({
  orderId: `stop-${plan}`,
  plan,
  state: 'open',
  price: 95,
  left: '1',
  isToBeCanceled: false,
  ...over,
})

describe('the stop that is wanted', () => {
  test.each([
    ['the stop loss alone', 'long', 95.04, null, { price: 95, reason: 'stop_loss' }],
    ['the trailing stop once it is tighter', 'long', 95, 99, { price: 99, reason: 'trailing_stop' }],
    ['the stop loss while it is tighter', 'long', 95, 94, { price: 95, reason: 'stop_loss' }],
    ['a short mirrors a long', 'short', 105, 101, { price: 101, reason: 'trailing_stop' }],
    ['a trailing stop without a stop loss', 'short', null, 101, { price: 101, reason: 'trailing_stop' }],
  ] as const)('%s', (_, side, stopLoss, trailingStop, expected) => {
    expect(wantedStop({ side, quantity: '1.239', stopLoss, trailingStop }, rules)).toEqual({
      quantity: '1.23',
      ...expected,
    })
  })

  test('none without a stop, and none for less than a step', () => {
    expect(
      wantedStop({ side: 'long', quantity: '1', stopLoss: null, trailingStop: null }, rules),
    ).toBeUndefined()
    expect(
      wantedStop({ side: 'long', quantity: '0.009', stopLoss: 95, trailingStop: null }, rules),
    ).toBeUndefined()
  })
})

describe('what is to be done', () => {
  const nothing = { place: undefined, cancel: [], abandon: [] }
  test.each<[string, LiveStop[], object]>([
    ['nothing rests: it is placed', [], { place: wanted }],
    ['it rests: nothing', [stop(1)], nothing],
    ['it is being sent: nothing', [stop(1, { state: 'submitting' })], nothing],
    ['it waits to be sent: nothing', [stop(1, { state: 'planned' })], nothing],
    [
      'another price waits to be sent: it never is',
      [stop(1, { state: 'planned', price: 90 })],
      { place: wanted, abandon: ['stop-1'] },
    ],
    [
      'another price rests: the new one is added, the old one stays',
      [stop(1, { price: 90 })],
      { place: wanted, cancel: [] },
    ],
    [
      'the new one waits: the old one stays',
      [stop(1, { price: 90 }), stop(2, { state: 'submitting' })],
      nothing,
    ],
    ['the new one rests: the old one goes', [stop(1, { price: 90 }), stop(2)], { cancel: ['stop-1'] }],
    ['the old one is going: nothing', [stop(1, { price: 90, isToBeCanceled: true }), stop(2)], nothing],
    [
      'two are there already: no third',
      [stop(1, { price: 80, isToBeCanceled: true }), stop(2, { price: 90 })],
      nothing,
    ],
    ['nobody knows whether it rests: a second beside it', [stop(1, { state: 'unknown' })], { place: wanted }],
    [
      'nobody knows of both: no third',
      [stop(1, { state: 'unknown' }), stop(2, { state: 'unknown' })],
      nothing,
    ],
    [
      'the second rests: the unknown one goes',
      [stop(1, { state: 'unknown' }), stop(2)],
      { cancel: ['stop-1'] },
    ],
    ['more is open than it closes: another', [stop(1, { left: '0.4' })], { place: wanted }],
    ['less is open than it closes: another', [stop(1, { left: '2' })], { place: wanted }],
    ['a looser price is never wanted', [stop(1, { price: 96 })], nothing],
    [
      'both rest and neither fits: the older goes, so that the right one has room',
      [stop(1, { price: 80 }), stop(2, { price: 90 })],
      { place: undefined, cancel: ['stop-1'] },
    ],
    [
      'an older one that fits is worth more than a newer one that does not',
      [stop(1), stop(2, { price: 90 })],
      { place: undefined, cancel: ['stop-2'] },
    ],
    ['two that both rest and fit: the older goes', [stop(1), stop(2)], { cancel: ['stop-1'] }],
  ])('%s', (_, live, expected) => {
    expect(changeStops('long', wanted, live, false)).toMatchObject(expected)
  })

  test('while an exit is under way a stop may close more than is open, never less', () => {
    expect(changeStops('long', wanted, [stop(1, { left: '2' })], true)).toEqual(nothing)
    expect(changeStops('long', wanted, [stop(1, { left: '0.5' })], true).place).toEqual(wanted)
  })

  test('a trailing stop moves by a tenth of a percent, not by less', () => {
    const trailing = (price: number) => ({ ...wanted, price, reason: 'trailing_stop' }) as const
    expect(changeStops('long', trailing(95.094), [stop(1)], false).place).toBeUndefined()
    expect(changeStops('long', trailing(95.1), [stop(1)], false).place).toBeDefined()
    expect(changeStops('short', trailing(94.95), [stop(1)], false).place).toBeUndefined()
    expect(changeStops('short', trailing(94.9), [stop(1)], false).place).toBeDefined()
  })

  test('of two that close all the tighter one stays, even when it is older and closes too much', () => {
    const live = [
      stop(1, { price: 95, left: '2' }),
      stop(2, { price: 90, left: '1', state: 'partially_filled' }),
    ]
    expect(changeStops('long', wanted, live, false)).toMatchObject({ cancel: ['stop-2'], abandon: [] })
  })

  test('when none is wanted, all go', () => {
    const live = [stop(1), stop(2, { state: 'planned' }), stop(3, { state: 'unknown' })]
    expect(changeStops('long', undefined, live, false)).toEqual({
      place: undefined,
      cancel: ['stop-3', 'stop-1'],
      abandon: ['stop-2'],
    })
  })

  test('whatever is there, never more than two may rest, and a confirmed stop that fits is never given up', () => {
    const states: OrderState[] = ['planned', 'submitting', 'open', 'partially_filled', 'canceling', 'unknown']
    const some = fc.record({
      state: fc.constantFrom(...states),
      price: fc.constantFrom(90, 95, 96),
      left: fc.constantFrom('0.5', '1', '2'),
      isToBeCanceled: fc.boolean(),
    })
    fc.assert(
      fc.property(
        fc.array(some, { maxLength: 2 }),
        fc.boolean(),
        fc.boolean(),
        (stops, isExiting, isWanted) => {
          const live = stops.map((over, index) => stop(index + 1, over))
          const change = changeStops('long', isWanted ? wanted : undefined, live, isExiting)
          const left = live.length - change.abandon.length
          expect(left + (change.place === undefined ? 0 : 1)).toBeLessThanOrEqual(2)
          if (!isWanted) return
          const covers = (one: LiveStop) =>
            ['open', 'partially_filled'].includes(one.state) &&
            !one.isToBeCanceled &&
            Number(one.left) >= 1 &&
            one.price >= 95
          const kept = live.filter((one) => !change.cancel.includes(one.orderId))
          if (live.some(covers)) expect(kept.some(covers)).toBe(true)
        },
      ),
      { numRuns: 2_000 },
    )
  })
})
